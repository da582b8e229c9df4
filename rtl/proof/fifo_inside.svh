// Where the words of a channel are. Not promises to others: with them the promises of fifo.svh are proved by induction at any depth.
always_comb if (began) fill_known: assert (fill == count);

if (REGISTERS) begin : registers_inside
  for (genvar i = 0; i < DEPTH; i++) begin : place
    always_comb
      if (began) begin
        assert (registers.place[i].occupied == (FILL_BITS'(i) < count));
        assert (!watched || ahead != FILL_BITS'(i) || registers.place[i].word == watched_word);
      end
  end
end

if (!REGISTERS && !BLOCK) begin : distributed_inside
  localparam int BITS = DEPTH > 3 ? $clog2(DEPTH - 1) : 1;
  wire [BITS-1:0] watched_at = distributed.read_at + BITS'(ahead) - 1'b1;
  always_comb
    if (began) begin
      assert (distributed.single == (count == FILL_BITS'(1)));
      assert (BITS'(distributed.write_at - distributed.read_at + 1'b1) == BITS'(count));
      assert (!watched || ahead == '0 || distributed.memory[watched_at] == watched_word);
    end
end

if (!REGISTERS && BLOCK) begin : block_inside
  localparam int WORDS = DEPTH - 3;
  localparam int BITS = $clog2(WORDS);
  // Words in next and in the two registers, and which of them the watched one is.
  wire [2:0] waiting_words = block.order_write - block.order_read;
  wire [2:0] place = 3'(ahead - 1'b1);
  logic [2:0] from_next, from_block, next_before, block_before;
  logic is_block;
  always_comb begin
    from_next = '0;
    from_block = '0;
    next_before = '0;
    block_before = '0;
    is_block = 1'b0;
    for (int i = 0; i < 7; i++)
      if (3'(i) < waiting_words) begin
        if (3'(i) == place) is_block = block.order[3'(block.order_read + 3'(i))];
        if (block.order[3'(block.order_read + 3'(i))]) begin
          from_block = from_block + 1'b1;
          if (3'(i) < place) block_before = block_before + 1'b1;
        end else begin
          from_next = from_next + 1'b1;
          if (3'(i) < place) next_before = next_before + 1'b1;
        end
      end
  end
  wire [BITS+1:0] beyond = (BITS + 2)'(block.read_at) + (BITS + 2)'(ahead) - 1'b1 - (BITS + 2)'(waiting_words);
  wire [BITS-1:0] stored_at = BITS'(beyond >= (BITS + 2)'(WORDS) ? beyond - (BITS + 2)'(WORDS) : beyond);
  wire [BITS+1:0] write_at = (BITS + 2)'(block.read_at) + (BITS + 2)'(block.words);
  wire [WIDTH-1:0] oldest_block = block.ready_valid ? block.ready_word : block.latch;
  always_comb
    if (began) begin
      assert (FILL_BITS'(!empty) + FILL_BITS'(waiting_words) + FILL_BITS'(block.words) == count);
      assert (empty == (count == '0));
      assert (block.words <= (BITS + 1)'(WORDS) && block.stored == (block.words != '0));
      assert (32'(block.read_at) < WORDS && 32'(block.write_at) < WORDS);
      assert (write_at == (BITS + 2)'(block.write_at) || write_at == (BITS + 2)'(block.write_at) + (BITS + 2)'(WORDS));
      assert (waiting_words <= 3'd5);
      assert (from_next == 3'(block.next_words) && block.next_words == 2'(block.next_write - block.next_read));
      assert (from_block == 3'(block.latch_valid) + 3'(block.ready_valid));
      if (watched && ahead != '0) begin
        if (ahead > FILL_BITS'(waiting_words)) assert (block.memory[stored_at] == watched_word);
        else if (!is_block) assert (block.next[2'(block.next_read + 2'(next_before))] == watched_word);
        else if (block_before == '0) assert (oldest_block == watched_word);
        else assert (block.latch == watched_word);
      end
    end
end
