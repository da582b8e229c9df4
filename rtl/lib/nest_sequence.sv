// Runs the nests of a process one after the other: each begins in the cycle after the one before it has left the pipeline. A nest
// without iterations takes no cycle.
module nest_sequence #(
  parameter int NESTS = 1
) (
  input  logic             clk,
  input  logic             rst,
  input  logic             start,   // one cycle
  input  logic [NESTS-1:0] any,     // nest i has iterations in this call
  input  logic [NESTS-1:0] finish,  // the last iteration of nest i leaves the pipeline
  output logic [NESTS-1:0] enter,   // the first iteration of nest i comes in the next cycle
  output logic             running
);
  for (genvar i = 0; i < NESTS; ++i) begin : nest
    wire turn;
    if (i == 0) assign turn = start;
    else assign turn = nest[i-1].over;
    assign enter[i] = turn & any[i];
    wire over = (turn & ~any[i]) | finish[i];
  end

  always_ff @(posedge clk)
    if (rst | nest[NESTS-1].over) running <= 1'b0;
    else if (start) running <= 1'b1;
endmodule
