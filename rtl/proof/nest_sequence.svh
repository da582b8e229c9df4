// What the sequence of nests keeps to, whatever nests have iterations and however long they run. Stands at the end of module nest_sequence.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// Nests at work, at most one, and those whose turn is to come.
logic [NESTS-1:0] active, to_come;
wire [NESTS-1:0] to_do = start ? any : to_come;
always_ff @(posedge clk) begin
  active <= rst ? '0 : (active & ~finish) | enter;
  to_come <= rst ? '0 : to_do & ~enter;
end

// A process starts when it is done; which nests have iterations has settled then. A nest ends once, and only where it runs.
logic [NESTS-1:0] any_before;
logic was_at_work;
always_ff @(posedge clk) begin
  any_before <= any;
  was_at_work <= ~rst & (start | running);
end
always_comb
  if (began && !rst) begin
    assume (!start || !running);
    assume ((finish & ~active) == '0);
    assume (!was_at_work || !running || any == any_before);
  end

always_comb
  if (began && !rst) begin
    // A nest begins only in its turn: it has iterations and has not run, all before it have, and none is at work.
    only_to_do: assert ((enter & ~to_do) == '0);
    in_order: assert (enter == '0 || enter == (to_do & (~to_do + 1'b1)));
    alone: assert (enter == '0 || (active & ~finish) == '0);
    one_at_work: assert ((active & (active - 1'b1)) == '0);
    // From start to end a nest is at work in every cycle, the next one after the one before it; none is left at the end.
    running_is_work: assert (running == (active != '0));
    none_left: assert (running || to_come == '0);
    in_next_cycle: assert (to_do == '0 || !(start || (finish != '0)) || enter != '0);
    // A nest that is to come has iterations, and comes after the one at work.
    comes_later: assert (!running || ((to_come & ~any) == '0 && (to_come & (active | (active - 1'b1))) == '0));
    all_later_come: assert (!running || (any & ~(active | (active - 1'b1))) == to_come);
  end
