// What the frontier of a port that is written keeps to. Stands at the end of module write_frontier.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The port: bursts within a page, in a call each from the end of the one before on; at most BURSTS of them not acknowledged, and none when
// a call begins. One that is acknowledged was announced before.
localparam int COUNT_BITS = $clog2(BURSTS + 1);
logic [COUNT_BITS-1:0] owed;
logic in_call;
logic [63:0] next_address;
wire [63:0] end_address = awaddr + (64'(beats) << SHIFT);
always_ff @(posedge clk)
  if (rst) {owed, in_call} <= '0;
  else begin
    owed <= owed + COUNT_BITS'(announces) - COUNT_BITS'(acknowledged);
    in_call <= ~begins & (in_call | announces);
    if (announces) next_address <= end_address;
  end
always_comb
  if (began && !rst) begin
    assume (!acknowledged || owed != '0);
    assume (!announces || 32'(owed) < BURSTS);
    assume (!begins || (owed == '0 && !announces));
    assume (!announces || (32'(awlen) < (4096 >> SHIFT) && to <= 13'd4096));
    assume (!announces || awaddr[SHIFT-1:0] == '0);
    assume (!announces || !in_call || awaddr == next_address);
    // A few pages stand for all.
    assume (!announces || awaddr[63:15] == '0);
  end

// Any burst that is not acknowledged, and the bursts in front of it.
(* anyseq *) logic choose;
logic watched;
logic [51:0] watched_page;
logic [COUNT_BITS-1:0] ahead;
always_ff @(posedge clk)
  if (rst) watched <= 1'b0;
  else if (!watched && announces && choose) begin
    watched <= 1'b1;
    watched_page <= awaddr[63:12];
    ahead <= owed - COUNT_BITS'(acknowledged);
  end else if (watched && acknowledged) begin
    if (ahead == '0) watched <= 1'b0;
    ahead <= ahead - 1'b1;
  end

always_comb
  if (began && !rst) begin
    // Pages before the frontier are acknowledged: no burst on its way lies there, nor does one that is to come.
    none_on_its_way: assert (!watched || !known || watched_page >= page);
    none_to_come: assert (!known || next_address[63:12] >= page);
    // When all is acknowledged the frontier stands where the next burst begins.
    reaches_the_end: assert (!known || owed != '0 || next_address[63:12] == page);
    known_is_told: assert (known == in_call);
  end
