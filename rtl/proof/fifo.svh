// What every channel keeps to, whatever its two ends do and whenever it is reset. Stands at the end of module fifo.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// Words inside, counted from what crosses both ends.
wire in_moves = in_valid & in_ready;
wire out_moves = out_valid & out_ready;
logic [FILL_BITS-1:0] count;
always_ff @(posedge clk) count <= rst ? '0 : count + FILL_BITS'(in_moves) - FILL_BITS'(out_moves);

// Any one word, and the number of words in front of it.
(* anyseq *) logic choose;
logic watched;
logic [WIDTH-1:0] watched_word;
logic [FILL_BITS-1:0] ahead;
always_ff @(posedge clk)
  if (rst) watched <= 1'b0;
  else if (!watched & in_moves & choose) begin
    watched <= 1'b1;
    watched_word <= in_data;
    ahead <= count - FILL_BITS'(out_moves);
  end else if (watched & out_moves) begin
    if (ahead == '0) watched <= 1'b0;
    else ahead <= ahead - 1'b1;
  end

logic was_reset, waited_in, waited_out;
logic [WIDTH-1:0] waited_data;
always_ff @(posedge clk) begin
  was_reset <= rst;
  waited_in <= in_ready & ~in_valid;
  waited_out <= out_valid & ~out_ready;
  waited_data <= out_data;
end

always_comb
  if (began) begin
    // Never more than DEPTH words, and none that was not written.
    within_depth: assert (count <= FILL_BITS'(DEPTH));
    none_beyond_depth: assert (!in_moves || count != FILL_BITS'(DEPTH));
    none_from_nothing: assert (!out_moves || count != '0);
    // Nothing changed, doubled or reordered: a word comes after those that were in front of it, and as it was.
    watched_inside: assert (!watched || ahead < count);
    watched_in_turn: assert (!(watched && ahead == '0 && out_valid) || out_data == watched_word);
`ifdef STALLS
    // Each end may say no, but keeps to what it has said.
    ready_stays: assert (was_reset || !waited_in || in_ready);
`else
    // Nothing held back or lost: the oldest word is offered, and so is room below the depth.
    word_offered: assert (out_valid == (count != '0));
    room_offered: assert (in_ready == (count != FILL_BITS'(DEPTH)));
`endif
    // An offer stands until it is taken.
    offer_stays: assert (was_reset || !waited_out || (out_valid && out_data == waited_data));
  end
