// What the master of a port that is written keeps to. Stands at the end of module axi_write_master.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The memory: bursts whose words it has whole and which it may acknowledge, whenever it likes.
wire accepts = m_axi_awvalid & m_axi_awready;
wire sends_last = sends & m_axi_wlast;
wire acknowledged = m_axi_bvalid & m_axi_bready;
logic [BURST_BITS-1:0] accepted_bursts, sent_bursts;  // announced and taken, sent; both not acknowledged
always_comb assume (!m_axi_bvalid || (accepted_bursts != '0 && sent_bursts != '0));
always_ff @(posedge clk) begin
  accepted_bursts <= rst ? '0 : accepted_bursts + BURST_BITS'(accepts) - BURST_BITS'(acknowledged);
  sent_bursts <= rst ? '0 : sent_bursts + BURST_BITS'(sends_last) - BURST_BITS'(acknowledged);
end

// Lengths of announced bursts and words are passed on as fifo.svh says. Words of announced bursts that are not sent, and those sent of the
// oldest such burst.
(* hierconn *) wire [BURST_BITS-1:0] \lengths.count ;
(* hierconn *) wire [1:0] \lengths.recent ;
(* hierconn *) wire [8:0] \lengths.newest ;
(* hierconn *) wire [COUNT_BITS-1:0] \buffer.count ;
(* hierconn *) wire [2:0] \buffer.came ;
(* hierconn *) wire [16:0] \lengths.sum ;
(* hierconn *) wire [8:0] \lengths.greatest ;
(* hierconn *) wire \lengths.had_zero ;
(* hierconn *) wire [3:0] \bursts.without_offer ;
logic [COUNT_BITS-1:0] promised;
logic [8:0] sent_of_burst;
always_ff @(posedge clk)
  promised <= rst ? '0 : promised + (burst_ready ? COUNT_BITS'(beats) : '0) - COUNT_BITS'(sends);

always_ff @(posedge clk)
  if (rst) sent_of_burst <= '0;
  else if (sends) sent_of_burst <= m_axi_wlast ? '0 : sent_of_burst + 9'd1;

logic was_reset, aw_waited, w_waited, burst_left, answered_wrong, was_cleared;
logic [63:0] aw_address, burst_at;
logic [7:0] aw_length;
logic [8:0] burst_words;
logic [WIDTH-1:0] w_data;
logic [WIDTH/8-1:0] w_strobe;
logic w_last;
always_ff @(posedge clk) begin
  was_reset <= rst;
  aw_waited <= m_axi_awvalid & ~m_axi_awready;
  aw_address <= m_axi_awaddr;
  aw_length <= m_axi_awlen;
  w_waited <= m_axi_wvalid & ~m_axi_wready;
  w_data <= m_axi_wdata;
  w_strobe <= m_axi_wstrb;
  w_last <= m_axi_wlast;
  burst_left <= burst_ready & ~rst;
  burst_at <= address;
  burst_words <= beats;
  was_cleared <= ~rst & (clear | (was_cleared & awaits));
  answered_wrong <= ~(rst | clear | was_cleared) & ((acknowledged & m_axi_bresp[1]) | answered_wrong);
end

// Cycles in which there is something to do, nobody outside makes the master wait, and it does not move.
wire at_work = request_valid | busy | awaits;
wire lacks_words = burst_valid & (32'(beats) > 32'(waiting_words - counted));
wire is_kept = (m_axi_awvalid & ~m_axi_awready) | (m_axi_wvalid & ~m_axi_wready) | (lacks_words & ~valid)
  | (accepted_bursts != '0 && sent_bursts != '0 && ~m_axi_bvalid);
wire moves = accepts | sends | acknowledged | (valid & ready) | (request_valid & request_ready);
logic [3:0] stands;
always_ff @(posedge clk)
  if (rst | clear | ~at_work | is_kept | moves) stands <= '0;
  else if (stands != '1) stands <= stands + 1'b1;

always_comb
  if (began) begin
    // An announcement and a word stand until the memory takes them, whatever else is given up.
    announcement_stands: assert (was_reset || !aw_waited || (m_axi_awvalid && m_axi_awaddr == aw_address && m_axi_awlen == aw_length));
    word_stands: assert (was_reset || !w_waited
      || (m_axi_wvalid && m_axi_wdata == w_data && m_axi_wlast == w_last && m_axi_wstrb == w_strobe));
    // Every burst is announced, once and as it was cut.
    is_announced: assert (!burst_left || (m_axi_awvalid && m_axi_awaddr == burst_at && 9'(m_axi_awlen) + 9'd1 == burst_words));
    announces_no_other: assert (!m_axi_awvalid || was_reset || aw_waited || burst_left);
    // Its words follow without a pause as soon as its length has come through: the memory never waits for one. They are as many as the
    // announcement says, and the last says so.
    words_there: assert (m_axi_wvalid == (32'(\lengths.count ) > 32'(\lengths.recent )));
    last_is_told: assert (!m_axi_wvalid || m_axi_wlast == (sent_of_burst + 9'd1 == length));
    none_unannounced: assert (32'(promised) <= 32'(\buffer.count ));
    // Words of before clear change nothing; words after it are written. The buffer passes them on as they are.
    old_is_silent: assert (!was_cleared || !m_axi_wvalid || w_waited || m_axi_wstrb == '0);
    new_is_written: assert (was_cleared || clear || !m_axi_wvalid || m_axi_wstrb == '1);
    none_while_old: assert (!was_cleared || (!ready && !request_ready));
    // An answer with an error is told of, and no other.
    error_told: assert (error == answered_wrong);
    awaits_told: assert (awaits == (m_axi_awvalid || accepted_bursts != '0));
    idle_is_true: assert (!idle || (!m_axi_awvalid && !m_axi_wvalid && accepted_bursts == '0 && \buffer.count == '0));
    // A request ends under a memory that answers, when its words come: the master never stands still by itself.
    never_stands: assert (stands <= 4'd5);
  end

// Words that came in the last one, two and three cycles: before a burst's length has come through, its words can be sent.
wire [31:0] came_1 = 32'(\buffer.came [0]);
wire [31:0] came_2 = came_1 + 32'(\buffer.came [1]);
wire [31:0] came_3 = came_2 + 32'(\buffer.came [2]);
wire [31:0] newest = announced ? 32'(announced_words) : 32'd0;

// Why that is so.
always_comb
  if (began) begin
    assert (was_cleared == draining);
    assert (32'(outstanding) == 32'(accepted_bursts) + 32'(m_axi_awvalid));
    assert (32'(outstanding) <= BURSTS && 32'(\lengths.count ) <= BURSTS && 32'(sent_bursts) <= BURSTS && 32'(accepted_bursts) <= BURSTS);
    assert (32'(outstanding) == 32'(sent_bursts) + 32'(\lengths.count ));
    assert (32'(promised) + 32'(sent) == 32'(\lengths.sum ));
    assert (!\lengths.had_zero && 32'(\lengths.greatest ) <= BUFFER_WORDS / 2);
    assert (!length_valid || (length != '0 && 32'(length) <= BUFFER_WORDS / 2 && sent < length));
    assert (length_valid || sent == '0);
    assert (!draining || !(announced || complete || busy || answered_wrong));
    assert (draining || 32'(waiting_words) - 32'(counted) + 32'(promised) == 32'(\buffer.count ));
    assert (32'(\buffer.count ) <= BUFFER_WORDS && 32'(promised) <= 32'(\buffer.count ));
    assert (!announced || (m_axi_awvalid && 9'(m_axi_awlen) + 9'd1 == 9'(announced_words) && 32'(announced_words) <= 32'(waiting_words)));
    assert (\lengths.recent == 2'(burst_left && !was_reset) && (!burst_left || was_reset || 32'(\lengths.newest ) == 32'(burst_words)));
    assert (!announced || (burst_left && burst_words == 9'(announced_words)));
    assert (32'(promised) + came_3 <= 32'(\buffer.count ) + newest);
    assert (!announced || 32'(promised) + came_2 <= 32'(\buffer.count ));
    assert (!complete || 32'(beats) + came_1 <= 32'(waiting_words));
    assert (announced || draining || came_3 <= 32'(waiting_words));
    assert (!(complete && announced));
    assert (!complete || (burst_valid && 32'(beats) <= 32'(waiting_words) && 32'(outstanding) < BURSTS));
    assert (!burst_valid || (beats != '0 && 32'(beats) <= BUFFER_WORDS / 2));
    assert (!m_axi_awvalid || 32'(m_axi_awlen) < BUFFER_WORDS / 2);
    assert (sent_of_burst == sent);
    if (awaits) assert (stands <= 4'd5);
    else begin
      assert (busy || stands <= (draining ? 4'd0 : 4'd1));
      assert (!busy || burst_valid || stands <= \bursts.without_offer );
      assert (!burst_valid || stands <= (complete ? 4'd4 : 4'd3));
    end
    assert (silent || !draining || w_waited);
  end
