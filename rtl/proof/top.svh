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

// Of the call: started by the host and not ended; words that have come of the present descriptor, and cycles spent on it; ended early, and
// cycles since something went wrong.
wire begins = idle & start;
wire runs_one = state == START;
logic open, bad;
logic [4:0] since;
logic [2:0] words_come;
logic [4:0] cleared;
logic [31:0] to_run, spent;
always_ff @(posedge clk) spent <= !works || (state == RUN && region_done) ? '0 : spent + 32'd1;
always_ff @(posedge clk)
  if (rst) begin
    {open, bad, since, words_come, cleared, to_run} <= '0;
  end else begin
    open <= begins | (open & ~ended);
    if (begins) to_run <= count;
    else if (runs_one) to_run <= to_run - 32'd1;
    bad <= ~begins & (bad | trouble);
    since <= works & (errors != '0 | since != '0) | state == STOP ? since + 5'd1 : '0;
    if (state == REQUEST) words_come <= '0;
    else if (fields_valid & state == RECEIVE) words_come <= words_come + 3'd1;
    cleared <= clear ? cleared + 5'd1 : '0;
  end

always_comb
  if (began) begin
    // Every start has one end, and every end a start.
    end_of_start: assert (!ended || open);
    idle_is_idle: assert (idle == !open);
    // The region runs a descriptor that has come whole and without an error, and no more descriptors than it was told.
    runs_whole: assert (!runs_one || words_come == 3'd2);
    runs_no_more: assert (!runs_one || to_run != '0);
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
wire [31:0] to_do = state == RUN ? left - 32'd1 : left;
always_comb
  if (began) begin
    assert (state <= END);
    assert (!works || spent == elapsed);
    assert (idle || bad == (reasons != '0) || begins);
    assert (bad == (state == STOP || (state == END && reasons != '0) || (idle && bad)));
    assert (!works || (to_run == to_do && left != '0));
    assert (state != END || bad || (left == '0 && to_run == '0));
    assert (state != RECEIVE || trouble || (words_come == 3'(received) && !words_come[1]));
    assert (clear == (state == STOP) && (state != STOP || 5'(clear_cycles) == cleared));
    assert (state == STOP || clear_cycles == '0 || state == END);
    assert (!works || since <= 5'd1);
    assert (!works || since == '0 || has_error);
    assert (state != STOP || since <= 5'd4 + cleared);
    assert (!idle || open == 1'b0);
    assert (start || idle || !open);
  end
