// What the bursts of a request keep to. Stands at the end of module axi_bursts.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb begin
  if (!began) assume (rst);
  assume ((base & 64'(WIDTH / 8 - 1)) == '0);
end

// Of the request whose bursts are offered: where the next one begins, and its words.
wire takes_request = request_valid & request_ready;
wire takes_burst = burst_valid & burst_ready;
logic was_taken, was_valid;
wire begins = burst_valid & (~was_valid | was_taken);  // a burst is offered for the first time
logic [63:0] expected_address, held_address;
logic [31:0] expected_words;
logic [8:0] held_beats;
wire [31:0] words_after = expected_words - (begins ? 32'(burst_beats) : 32'd0);
always_ff @(posedge clk) begin
  was_valid <= burst_valid & ~rst;
  was_taken <= takes_burst;
  held_address <= burst_address;
  held_beats <= burst_beats;
  if (takes_request) expected_address <= base + (64'(request_word) << SHIFT);
  else if (begins) expected_address <= burst_address + (64'(burst_beats) << SHIFT);
  if (rst) expected_words <= 32'd0;
  else if (takes_request) expected_words <= request_words;
  else expected_words <= words_after;
end

// Cycles in which words are left and no burst is offered.
logic [3:0] without_offer;
always_ff @(posedge clk)
  if (rst | burst_valid | (expected_words == 32'd0)) without_offer <= '0;
  else if (without_offer != '1) without_offer <= without_offer + 1'b1;

always_comb
  if (began) begin
    // Each is as long as AXI4 and the buffer allow, and inside its page.
    has_beats: assert (!burst_valid || burst_beats != '0);
    not_too_long: assert (!burst_valid || 32'(burst_beats) <= MOST);
    within_page: assert (!burst_valid || 14'(burst_address[11:0]) + (14'(burst_beats) << SHIFT) <= 14'd4096);
    // Together they are the words of the request, each once and in order.
    goes_on: assert (!begins || burst_address == expected_address);
    none_beyond: assert (!begins || 32'(burst_beats) <= expected_words);
    all_before_next: assert (!takes_request || words_after == 32'd0);
    // An offer stands until it is taken.
    offer_stays: assert (!was_valid || was_taken || (burst_valid && burst_address == held_address && burst_beats == held_beats));
    // A request is not left lying: a burst of it is offered soon, or it has ended and the next one is taken.
    offers_soon: assert (without_offer <= 4'd3);
    takes_next: assert (request_ready || words_after != 32'd0);
  end

// Why that is so.
always_comb
  if (began) begin
    assert (active == (words_after != 32'd0));
    assert (!active || left == words_after);
    assert (!active || address == expected_after);
    assert (!active || (address & 64'(WIDTH / 8 - 1)) == '0);
    assert (!most_known || active);
    assert (!beats_known || active);
    assert (!beats_known || (beats != '0 && 32'(beats) <= MOST && 32'(beats) <= left));
    assert (!beats_known || 14'(address[11:0]) + (14'(beats) << SHIFT) <= 14'd4096);
    assert (!most_known || (most_here != '0 && 32'(most_here) <= MOST));
    assert (!most_known || 14'(address[11:0]) + (14'(most_here) << SHIFT) <= 14'd4096);
    assert (burst_valid || without_offer <= 4'd2);
    assert (burst_valid || beats_known || without_offer <= 4'd1);
    assert (burst_valid || beats_known || most_known || without_offer == '0);
  end
wire [63:0] expected_after = begins ? burst_address + (64'(burst_beats) << SHIFT) : expected_address;
