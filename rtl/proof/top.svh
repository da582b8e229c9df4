// What the sequence of a call keeps to, whatever region and memory do. Stands at the end of the top.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The time limit stays as it is during a call.
logic was_at_work;
logic [31:0] limit_before;
always_ff @(posedge clk) begin
  was_at_work <= works & ~rst;
  limit_before <= limit;
end
always_comb if (began) assume (!was_at_work || limit == limit_before);

// Of the call: started by the host and not ended; words that have come of the descriptor that is offered next, and cycles since one ended;
// ended early, and cycles since something went wrong.
wire begins = idle & start;
wire runs_one = works & offered & region_taken;
logic open, bad, one_runs, was_offered, was_taken;
logic [4:0] since;
logic [2:0] words_come;
logic [4:0] cleared;
logic [31:0] to_run, spent;
logic [3:0] first_before, last_before;
always_ff @(posedge clk) begin
  spent <= !works || (runs_one && one_runs) ? '0 : spent + 32'd1;
  was_offered <= offered & works & ~rst;
  was_taken <= region_taken;
  {first_before, last_before} <= {scalar_n0, scalar_n16};
end
always_ff @(posedge clk)
  if (rst) begin
    {open, bad, one_runs, since, words_come, cleared, to_run} <= '0;
  end else begin
    open <= begins | (open & ~ended);
    one_runs <= ~begins & (one_runs | runs_one);
    if (begins) to_run <= count;
    else if (runs_one && !trouble) to_run <= to_run - 32'd1;
    bad <= ~begins & (bad | trouble);
    since <= works & (errors != '0 | since != '0) | state == STOP ? since + 5'd1 : '0;
    if (!works || runs_one) words_come <= '0;
    else if (fields_valid & receives) words_come <= words_come + 3'd1;
    cleared <= clear ? cleared + 5'd1 : '0;
  end

always_comb
  if (began) begin
    // Every start has one end, and every end a start.
    end_of_start: assert (!ended || open);
    idle_is_idle: assert (idle == !open);
    // A descriptor is offered when it has come whole and without an error; no more are offered than there are.
    offers_whole: assert (!(offered && works) || words_come == 3'd2);
    offers_no_more: assert (!(offered && works) || to_run != '0);
    // It stands as it is until the region has taken it, and the next one is offered when the region shows no more that it has.
    offer_stands: assert (!was_offered || was_taken || !works || offered);
    scalars_stand: assert (!was_offered || !offered || {first_before, last_before} == {scalar_n0, scalar_n16});
    offer_after_offer: assert (was_offered || !offered || !works || !was_taken);
    // A call that comes to its end has run them all; one that does not says why.
    all_are_run: assert (!ended || bad || to_run == '0);
    early_says_why: assert (!ended || bad == (reasons != '0));
    left_is_told: assert (!ended || bad || left == '0);
    // An error ends the call within twenty cycles, the time limit as soon; both clear the region first, long enough for what is on its way.
    error_ends: assert (since <= 5'd20);
    limit_ends: assert (!works || limit == '0 || 33'(spent) <= 33'(limit) + 33'd1);
    clears_first: assert (!ended || !bad || cleared == 5'd16);
    no_clear_else: assert (!clear || bad);
    // After an early end nothing runs until the host starts again.
    stays_ended: assert (!(bad && works));
  end

// Why that is so.
always_comb
  if (began) begin
    assert (!works || spent == elapsed);
    assert (idle || bad == (reasons != '0) || begins);
    assert (bad == (state == STOP || (state == END && reasons != '0) || (idle && bad)));
    assert (!works || (to_run == to_take && one_runs == begun && left == to_take + 32'(begun) && left != '0));
    assert (state != END || bad || (left == '0 && to_run == '0));
    assert (!works || trouble || (offered ? received == '0 && words_come == 3'd2 : words_come == 3'(received)));
    assert (clear == (state == STOP) && (state != STOP || 5'(clear_cycles) == cleared));
    assert (state == STOP || clear_cycles == '0 || state == END);
    assert (!works || since <= 5'd1);
    assert (!works || since == '0 || has_error);
    assert (state != STOP || since <= 5'd4 + cleared);
    assert (!idle || open == 1'b0);
    assert (start || idle || !open);
  end
