// What every channel keeps to, whatever its two ends do and whenever it is reset. Stands at the end of module fifo.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// Words inside, and places that wait for a word that was announced, counted from what crosses both ends.
wire in_moves = in_valid & (RESERVED | in_ready);
wire out_moves = out_valid & out_ready;
logic [FILL_BITS-1:0] count, announced;
wire takes_place = RESERVED ? in_reserve : in_moves;
always_ff @(posedge clk) begin
  count <= rst ? '0 : count + FILL_BITS'(in_moves) - FILL_BITS'(out_moves);
  announced <= rst ? '0 : announced + FILL_BITS'(takes_place) - FILL_BITS'(in_moves);
end
wire [FILL_BITS:0] places_taken = {1'b0, count} + {1'b0, announced};

// The writer's promise: it takes a place only where there is one, and every word has a place that was taken for it.
if (RESERVED) begin : promise
  always_comb
    if (began && !rst) begin
      assume (!in_reserve || in_ready);
      assume (!in_valid || in_reserve || announced != '0);
    end
end

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

`ifndef STALLS
// Words that came in the last LATENCY - 1 cycles, in each of them one at most: they cannot be read yet.
localparam int LATENCY = REGISTERS ? 1 : BLOCK ? 4 : 2;
logic [2:0] came;
always_ff @(posedge clk) came <= rst ? '0 : {came[1:0], in_moves};
wire [1:0] recent = LATENCY == 1 ? 2'd0 : LATENCY == 2 ? 2'(came[0]) : 2'(came[0]) + 2'(came[1]) + 2'(came[2]);
`endif

logic was_reset, waited_in, waited_out;
logic [WIDTH-1:0] waited_data;
always_ff @(posedge clk) begin
  was_reset <= rst;
  waited_in <= in_ready & ~takes_place;
  waited_out <= out_valid & ~out_ready;
  waited_data <= out_data;
end

always_comb
  if (began) begin
    // Never more than DEPTH words and places that wait for one, and no word that was not written.
    within_depth: assert (32'(places_taken) <= DEPTH);
    none_beyond_depth: assert (!takes_place || rst || 32'(places_taken) != DEPTH);
    none_announced: assert (RESERVED || announced == '0);
    none_from_nothing: assert (!out_moves || count != '0);
    // Nothing changed, doubled or reordered: a word comes after those that were in front of it, and as it was.
    watched_inside: assert (!watched || ahead < count);
    watched_in_turn: assert (!(watched && ahead == '0 && out_valid) || out_data == watched_word);
`ifdef STALLS
    // Each end may say no, but keeps to what it has said.
    ready_stays: assert (was_reset || !waited_in || in_ready);
`else
    // Nothing held back or lost: the oldest word is offered as soon as it can be read, and so is every free place.
    word_offered: assert (out_valid == (32'(count) > 32'(recent)));
    room_offered: assert (in_ready == (32'(places_taken) != DEPTH));
`endif
    // An offer stands until it is taken.
    offer_stays: assert (was_reset || !waited_out || (out_valid && out_data == waited_data));
  end
