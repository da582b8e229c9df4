// Where the words of a channel are. Not promises to others: with them the promises of fifo.svh are proved by induction at any depth.
always_comb if (began) fill_known: assert (fill == count);

if (RESERVED) begin : places_inside
  always_comb if (began) taken_known: assert (32'(places.taken) == 32'(places_taken));
end

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
  wire [FILL_BITS-1:0] words = count - FILL_BITS'(distributed.shown);
  wire [BITS-1:0] watched_at = distributed.read_at + BITS'(ahead) - BITS'(distributed.shown);
  always_comb
    if (began) begin
      assert (count >= FILL_BITS'(distributed.shown) && 32'(words) <= 1 << BITS);
      assert (distributed.stored == (words != '0));
      assert (BITS'(distributed.write_at - distributed.read_at) == BITS'(words));
      assert (!watched || (ahead == '0 && distributed.shown) || distributed.memory[watched_at] == watched_word);
    end
end

if (!REGISTERS && BLOCK) begin : block_inside
  localparam int WORDS = DEPTH - 3;
  localparam int BITS = $clog2(WORDS);
  wire latched = block.latched;
  wire ready = block.ready;
  // Words in the registers, and which of them the watched one is.
  wire [1:0] registered = 2'(latched) + 2'(ready) + 2'(block.shown);
  wire is_shown = block.shown && ahead == '0;
  wire is_ready = ready && ahead == FILL_BITS'(block.shown);
  wire is_latched = latched && ahead == FILL_BITS'(block.shown) + FILL_BITS'(ready);
  wire [BITS+1:0] beyond = (BITS + 2)'(block.read_at) + (BITS + 2)'(ahead) - (BITS + 2)'(registered);
  wire [BITS-1:0] stored_at = BITS'(beyond >= (BITS + 2)'(WORDS) ? beyond - (BITS + 2)'(WORDS) : beyond);
  wire [BITS+1:0] write_at = (BITS + 2)'(block.read_at) + (BITS + 2)'(block.words);
  // Words that are in memory or were there a cycle ago, or two: no more and no fewer than came since.
  wire [BITS+1:0] before_ready = (BITS + 2)'(block.words) + (BITS + 2)'(latched);
  wire [BITS+1:0] before_shown = before_ready + (BITS + 2)'(ready);
  wire [BITS+1:0] came_1 = (BITS + 2)'(came[0]);
  wire [BITS+1:0] came_2 = came_1 + (BITS + 2)'(came[1]);
  wire [BITS+1:0] came_3 = came_2 + (BITS + 2)'(came[2]);
  always_comb
    if (began) begin
      assert (FILL_BITS'(registered) + FILL_BITS'(block.words) == count);
      assert (block.words <= (BITS + 1)'(WORDS) && block.stored == (block.words != '0));
      assert (32'(block.read_at) < WORDS && 32'(block.write_at) < WORDS);
      assert (write_at == (BITS + 2)'(block.write_at) || write_at == (BITS + 2)'(block.write_at) + (BITS + 2)'(WORDS));
      assert ((BITS + 2)'(block.words) >= came_1 && before_ready >= came_2 && before_shown >= came_3);
      assert (latched || (BITS + 2)'(block.words) == came_1);
      assert (ready || before_ready == came_2);
      assert (block.shown || before_shown == came_3);
      if (watched && !is_shown) begin
        if (is_ready) assert (block.ready_word == watched_word);
        else if (is_latched) assert (block.latch == watched_word);
        else assert (block.memory[stored_at] == watched_word);
      end
    end
end
