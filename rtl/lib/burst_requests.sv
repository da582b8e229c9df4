// Asks for the bursts of a nest ahead of its data. The address of each follows its indices by SETTLE_CYCLES cycles, in which
// nothing is asked for.
module burst_requests #(
  parameter int SETTLE_CYCLES = 0
) (
  input  logic clk,
  input  logic rst,
  input  logic enter,  // the nest begins
  input  logic last,   // the indices are those of the last burst
  output logic valid,
  input  logic ready
);
  logic asking;  // bursts are still to be asked for
  always_ff @(posedge clk)
    if (rst) asking <= 1'b0;
    else if (enter) asking <= 1'b1;
    else if (valid & ready & last) asking <= 1'b0;

  if (SETTLE_CYCLES == 0) begin : settled
    assign valid = asking;
  end else begin : settles
    logic [SETTLE_CYCLES-1:0] settling;
    always_ff @(posedge clk)
      if (enter | (valid & ready)) settling <= '1;
      else settling <= settling >> 1;
    assign valid = asking & ~settling[0];
  end
endmodule
