// What the control of a nest keeps to, however long its iterations wait. Stands at the end of module nest_control.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The bits of the iterations on their way, as a process has them.
logic [STAGES-1:0] at;  // at[0]: an iteration begins
if (STAGES > 1) begin : on_the_way
  logic [STAGES-1:1] moved;
  always_ff @(posedge clk)
    for (int s = 1; s < STAGES; s++)
      if (rst) moved[s] <= 1'b0;
      else if (s > ISSUE_STAGE) moved[s] <= at[s-1] & (s != ISSUE_STAGE + 1 | clear);
      else if (moves) moved[s] <= at[s-1];
  assign at = {moved, begins};
end else begin : on_the_way
  assign at = begins;
end
wire issues = at[ISSUE_STAGE] & clear;
wire enters_pipeline = begins & moves;

// A call: after `enter` until `finish`; `open` as long as an iteration is to begin. The next call does not come before the end of this one.
logic active, open;
wire closes = enters_pipeline & last;
always_ff @(posedge clk) begin
  active <= ~rst & (enter | (active & ~finish));
  open <= ~rst & (enter | (open & ~closes));
end
always_comb begin
  assume (waits == at[ISSUE_STAGE]);
  assume (!began || rst || !enter || !active || finish);
end

// Any one iteration: a mark that goes with it to the issue stage as its data do, and the number of iterations not issued yet in front of it.
(* anyseq *) logic choose;
logic watched;
logic [3:0] ahead, before_issue;
wire chosen = enters_pipeline & choose & ~watched;
logic [ISSUE_STAGE:0] marks;
assign marks[0] = chosen;
for (genvar s = 0; s < ISSUE_STAGE; s++) begin : mark
  always_ff @(posedge clk) if (moves) marks[s+1] <= marks[s];
end
always_ff @(posedge clk)
  if (rst) {watched, ahead, before_issue} <= '0;
  else begin
    before_issue <= before_issue + 4'(enters_pipeline) - 4'(issues);
    if (watched) begin
      if (issues) ahead <= ahead - 4'd1;
      if (issues && ahead == '0) watched <= 1'b0;
    end else if (chosen && !(issues && before_issue == '0)) begin
      watched <= 1'b1;
      ahead <= before_issue - 4'(issues);
    end
  end
wire issues_chosen = issues & (watched ? ahead == '0 : chosen & before_issue == '0);

// The stage of the last iteration once it has begun, the cycles since one was issued, and those since one began in which it was not held up.
logic [3:0] last_at;
logic [2:0] since_issue, since_begin;
wire [3:0] last_now = open ? 4'd0 : last_at;
wire last_leaves = (open ? begins & last : active) & (last_now > 4'(ISSUE_STAGE) | (last_now == 4'(ISSUE_STAGE) ? clear : moves));
always_ff @(posedge clk) begin
  if (last_leaves) last_at <= last_now + 4'd1;
  since_issue <= rst | enter ? 3'(INTERVAL) : issues ? 3'd1 : since_issue == 3'(INTERVAL) ? since_issue : since_issue + 3'd1;
  since_begin <= rst | enter ? 3'(INTERVAL) : !moves ? since_begin
    : begins ? 3'd1 : since_begin == 3'(INTERVAL) ? since_begin : since_begin + 3'd1;
end

always_comb
  if (began && !rst) begin
    // An iteration begins after `enter` and not after the last one, every INTERVAL cycles in which nothing waits.
    begins_in_time: assert (begins == (open && since_begin == 3'(INTERVAL)));
    // The iteration in the issue stage waits for `clear`, those before it wait for that, and nothing else does.
    waits_for_clear: assert (moves == (!waits || clear));
    // Between two that are issued lie INTERVAL cycles.
    interval_kept: assert (!issues || since_issue == 3'(INTERVAL));
    // Every iteration is issued once and in order: the one that is marked carries its mark when it is its turn.
    in_order: assert (!issues || marks[ISSUE_STAGE] == issues_chosen);
    none_from_nothing: assert (!issues || enters_pipeline || before_issue != '0);
    none_left: assert (!finish || before_issue + 4'(enters_pipeline) == 4'(issues));
    // One end a call, in the cycle in which the last iteration leaves the last stage; all before it have left.
    finish_in_time: assert (finish == (last_leaves && last_now == 4'(STAGES - 1)));
    finish_of_call: assert (!finish || active);
    finish_is_last: assert (!finish || at == STAGES'(1) << (STAGES - 1));
    // A call that is not over has an iteration to begin or one on its way, which nothing holds up once it is issued: the end comes.
    end_comes: assert (!active || open || at[last_at]);
  end
