// Issues the iterations of a nest, one every INTERVAL enabled cycles, and says when the last one leaves a pipeline of STAGES stages.
module nest_control #(
  parameter int STAGES = 1,
  parameter int INTERVAL = 1
) (
  input  logic clk,
  input  logic rst,
  input  logic en,
  input  logic enter,  // the first iteration comes in the next cycle
  input  logic last,   // all loops are in their last pass
  output logic issue,  // an iteration begins
  output logic finish  // the last iteration leaves the pipeline
);
  logic issuing;  // iterations are still to come
  wire  ends = issue & last;
  always_ff @(posedge clk)
    if (rst) issuing <= 1'b0;
    else if (enter) issuing <= 1'b1;
    else if (en & ends) issuing <= 1'b0;

  if (INTERVAL == 1) begin : always_due
    assign issue = issuing;
  end else begin : every_interval
    localparam int BITS = $clog2(INTERVAL);
    logic [BITS-1:0] phase;
    always_ff @(posedge clk)
      if (enter) phase <= '0;
      else if (en) phase <= phase == BITS'(INTERVAL - 1) ? '0 : phase + 1'b1;
    assign issue = issuing & phase == '0;
  end

  if (STAGES == 1) begin : one_stage
    assign finish = en & ends;
  end else begin : stages
    logic [STAGES-1:1] ending;  // ending[s]: the last iteration stands in stage s
    always_ff @(posedge clk)
      if (rst) ending <= '0;
      else if (en) ending <= (STAGES - 1)'({ending, ends});
    assign finish = en & ending[STAGES-1];
  end
endmodule
