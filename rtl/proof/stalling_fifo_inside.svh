// Where the words of the FIFO for tests are.
wire [BITS+1:0] beyond = (BITS + 2)'(read_at) + (BITS + 2)'(ahead);
wire [BITS-1:0] watched_at = BITS'(beyond >= (BITS + 2)'(DEPTH) ? beyond - (BITS + 2)'(DEPTH) : beyond);
wire [BITS+1:0] end_at = (BITS + 2)'(read_at) + (BITS + 2)'(count);
always_comb
  if (began) begin
    assert (fill == count);
    assert (!in_ready || count != FILL_BITS'(DEPTH));
    assert (!out_valid || count != '0);
    assert (32'(read_at) < DEPTH && 32'(write_at) < DEPTH);
    assert (end_at == (BITS + 2)'(write_at) || end_at == (BITS + 2)'(write_at) + (BITS + 2)'(DEPTH));
    assert (!watched || memory[watched_at] == watched_word);
  end
