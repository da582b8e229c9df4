// The slices of a wide FIFO agree, whatever its two ends do and whenever it is reset: each of them is a FIFO (fifo.svh), and so they are one.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The writer's promise: it takes a place only where there is one, and every word has a place that was taken for it.
if (RESERVED) begin : promise
  logic [31:0] announced;
  always_ff @(posedge clk) announced <= rst ? '0 : announced + 32'(in_reserve) - 32'(in_valid);
  always_comb
    if (began && !rst) begin
      assume (!in_reserve || in_ready);
      assume (!in_valid || in_reserve || announced != '0);
    end
end

always_comb
  if (began) begin
    all_offer: assert (valid == {SLICES{out_valid}});
    all_have_room: assert (ready == {SLICES{in_ready}});
  end
