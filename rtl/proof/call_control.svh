// What the calls of a process keep to, however long it runs. Stands at the end of module call_control.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// A call is at work from its scalars on; the process runs from the cycle after its start to where it is done.
logic at_work, runs, has_taken;
logic [7:0] since;  // cycles since the scalars were taken
wire ends_here = runs & done;
always_ff @(posedge clk)
  if (rst) {at_work, runs, has_taken, since} <= '0;
  else begin
    at_work <= take | (at_work & ~ends_here);
    runs <= start | (runs & ~done);
    has_taken <= offered & (has_taken | take);
    since <= take ? 8'd0 : since + 8'd1;
  end

always_comb
  if (began && !rst) begin
    // A call is taken where one is offered, once, and only after the one before it; and then at once.
    takes_what_is_offered: assert (!take || offered);
    takes_once: assert (!take || !has_taken);
    takes_alone: assert (!take || !at_work);
    takes_at_once: assert (take || !offered || has_taken || at_work);
    // It starts once, when the prologue has had its time and the process does not run.
    starts_one: assert (!start || (at_work && !runs && since == 8'(SETTLE_CYCLES)));
    starts_in_time: assert (!at_work || runs || since <= 8'(SETTLE_CYCLES));
    // What it says of itself.
    taken_is_told: assert (taken == has_taken);
    busy_is_told: assert (busy == at_work);
  end

// Why that is so.
always_comb
  if (began && !rst) begin
    assert (launched == runs);
    assert (!runs || at_work);
    assert ((settling != '0) == (at_work && !runs));
    assert (settling == '0 || settling == (SETTLE_CYCLES + 1)'(1) << since);
    assert (settling == '0 || since <= 8'(SETTLE_CYCLES));
  end
