// Begins the calls of a process: takes the scalars of one when the one before has ended, and starts it when its prologue has settled.
module call_control #(
  parameter int SETTLE_CYCLES = 0  // from the scalars to the end of the prologue
) (
  input  logic clk,
  input  logic rst,
  input  logic offered,  // the scalars of a call stand here, until all processes have taken them and for a cycle more
  input  logic done,     // the process does not run, and what it has written is acknowledged
  output logic take,     // the process takes them in this cycle
  output logic taken,    // it has taken what is offered
  output logic start,    // one cycle; the process runs in the next
  output logic busy      // from the scalars to the end
);
  logic [SETTLE_CYCLES:0] settling;
  logic launched;  // from the cycle after the start on: not done means that it runs
  wire  ends = launched & done;
  assign take = offered & ~taken & ~busy;
  assign start = settling[SETTLE_CYCLES];
  always_ff @(posedge clk)
    if (rst) begin
      taken <= 1'b0;
      settling <= '0;
      launched <= 1'b0;
      busy <= 1'b0;
    end else begin
      taken <= offered & (taken | take);
      settling <= (SETTLE_CYCLES + 1)'({settling, take});
      launched <= start | (launched & ~done);
      busy <= take | (busy & ~ends);
    end
endmodule
