// Begins the iterations of a nest and issues them. An iteration begins in stage 0, one every INTERVAL cycles, and moves on to ISSUE_STAGE.
// There it waits until what it needs is there (`clear`) and holds up those after it; once issued, it takes a stage a cycle
// and nothing holds it up. Says when the last one leaves a pipeline of STAGES stages.
module nest_control #(
  parameter int STAGES = 1,
  parameter int ISSUE_STAGE = 0,
  parameter int INTERVAL = 1
) (
  input  logic clk,
  input  logic rst,
  input  logic enter,   // the first iteration comes in the next cycle
  input  logic last,    // all loops are in their last pass
  input  logic waits,   // an iteration stands in the issue stage
  input  logic clear,   // and may be issued
  output logic begins,  // an iteration begins
  output logic moves,   // the stages up to the issue stage move
  output logic finish   // the last iteration leaves the pipeline
);
  assign moves = ~waits | clear;

  logic to_come;  // iterations that have not begun
  wire  ends = begins & last;
  always_ff @(posedge clk)
    if (rst) to_come <= 1'b0;
    else if (enter) to_come <= 1'b1;
    else if (moves & ends) to_come <= 1'b0;

  if (INTERVAL == 1) begin : every_cycle
    assign begins = to_come;
  end else begin : every_interval
    localparam int BITS = $clog2(INTERVAL);
    logic [BITS-1:0] phase;
    always_ff @(posedge clk)
      if (enter) phase <= '0;
      else if (moves) phase <= phase == BITS'(INTERVAL - 1) ? '0 : phase + 1'b1;
    assign begins = to_come & phase == '0;
  end

  for (genvar s = 0; s < STAGES; s++) begin : stage
    logic ending;  // the last iteration stands here
    if (s == 0) begin : first
      assign ending = ends;
    end else if (s <= ISSUE_STAGE) begin : before_issue
      always_ff @(posedge clk)
        if (rst) ending <= 1'b0;
        else if (moves) ending <= stage[s-1].ending;
    end else begin : issued
      always_ff @(posedge clk)
        if (rst) ending <= 1'b0;
        else ending <= stage[s-1].ending & (s != ISSUE_STAGE + 1 | clear);
    end
  end
  assign finish = stage[STAGES-1].ending & (STAGES != ISSUE_STAGE + 1 | clear);
endmodule
