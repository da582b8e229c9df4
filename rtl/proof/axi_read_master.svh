// What the master of a port that is read keeps to. Stands at the end of module axi_read_master.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The memory: words that it owes. It answers whenever it likes, with anything, but only what it was asked for.
localparam int OWED_BITS = 12;
logic [OWED_BITS-1:0] owed;
wire accepts = m_axi_arvalid & m_axi_arready;
always_comb assume (!m_axi_rvalid || owed != '0);
always_ff @(posedge clk)
  owed <= rst ? '0 : owed + (accepts ? OWED_BITS'(m_axi_arlen) + 1'b1 : '0) - OWED_BITS'(come);

// Of these and of those in an announcement that stands, the ones that were asked for before clear.
logic [OWED_BITS-1:0] old;
wire [OWED_BITS-1:0] all = owed + (m_axi_arvalid ? OWED_BITS'(m_axi_arlen) + 1'b1 : '0);
always_ff @(posedge clk)
  if (rst) old <= '0;
  else if (clear) old <= all - OWED_BITS'(come);
  else if (come & (old != '0)) old <= old - 1'b1;

// Words in the buffer, which passes them on as fifo.svh says.
logic [CREDIT_BITS-1:0] inside;
(* hierconn *) wire [CREDIT_BITS-1:0] \buffer.count ;
(* hierconn *) wire \buffer.in_moves ;
(* hierconn *) wire [1:0] \buffer.recent ;
(* hierconn *) wire [3:0] \bursts.without_offer ;
wire fresh = come & (old == '0) & ~(rst | clear);
wire leaves = valid & ready;
always_ff @(posedge clk) inside <= (rst | clear) ? '0 : inside + CREDIT_BITS'(fresh) - CREDIT_BITS'(leaves);

logic was_reset, ar_waited, burst_left, answered_wrong;
logic [63:0] ar_address, burst_at;
logic [7:0] ar_length;
logic [8:0] burst_words;
always_ff @(posedge clk) begin
  was_reset <= rst;
  ar_waited <= m_axi_arvalid & ~m_axi_arready;
  ar_address <= m_axi_araddr;
  ar_length <= m_axi_arlen;
  burst_left <= burst_ready & ~rst;
  burst_at <= address;
  burst_words <= beats;
  answered_wrong <= ~(rst | clear) & ((fresh & m_axi_rresp[1]) | answered_wrong);
end

// Cycles in which there is something to do, nobody outside makes the master wait, and it does not move.
wire at_work = request_valid | busy | (all != '0) | valid;
wire is_kept = (m_axi_arvalid & ~m_axi_arready) | ((owed != '0) & ~m_axi_rvalid) | (valid & ~ready);
wire moves = accepts | come | leaves | (request_valid & request_ready);
logic [3:0] stands;
always_ff @(posedge clk)
  if (rst | clear | ~at_work | is_kept | moves) stands <= '0;
  else if (stands != '1) stands <= stands + 1'b1;

always_comb
  if (began) begin
    // An announcement stands until the memory takes it, whatever else is given up.
    announcement_stands: assert (was_reset || !ar_waited || (m_axi_arvalid && m_axi_araddr == ar_address && m_axi_arlen == ar_length));
    // Every burst is announced, once and as it was cut.
    is_announced: assert (!burst_left || (m_axi_arvalid && m_axi_araddr == burst_at && 9'(m_axi_arlen) + 9'd1 == burst_words));
    announces_no_other: assert (!m_axi_arvalid || was_reset || ar_waited || burst_left);
    // There is room for every word asked for: the memory never waits.
    takes_words: assert (!m_axi_rvalid || m_axi_rready);
    within_buffer: assert (32'(all) - 32'(old) + 32'(inside) <= BUFFER_WORDS);
    // All words come through, each once and in order; none that was asked for before clear.
    word_offered: assert (valid == (32'(inside) > 32'(\buffer.recent )));
    passed_on: assert (rst || clear || \buffer.in_moves == fresh);
    none_while_old: assert (old == '0 || (inside == '0 && !request_ready));
    // An answer with an error is told of, and no other.
    error_told: assert (error == answered_wrong);
    awaits_told: assert (awaits == (all != '0));
    // A request ends under a memory that answers: the master never stands still by itself.
    never_stands: assert (stands <= 4'd5);
  end

// Why that is so.
always_comb
  if (began) begin
    assert (inside == \buffer.count );
    assert (32'(owed) <= BUFFER_WORDS);
    assert (!m_axi_arvalid || 32'(m_axi_arlen) < BUFFER_WORDS / 2);
    assert (32'(all) == 32'(pending) + 32'(counted));
    assert (draining ? 32'(old) == 32'(pending) : old == '0);
    assert (!draining || (!asked && !answered_wrong));
    assert (32'(pending) <= BUFFER_WORDS && 32'(inside) <= BUFFER_WORDS);
    assert (draining ? 32'(credit) == BUFFER_WORDS : 32'(credit) + 32'(pending) + 32'(inside) == BUFFER_WORDS);
    assert (!asked || (m_axi_arvalid && 9'(m_axi_arlen) + 9'd1 == 9'(asked_words) && 32'(asked_words) <= 32'(credit)));
    assert (!(room && asked));
    assert (!room || !draining);
    assert (!room || (burst_valid && 32'(beats) <= 32'(credit)));
    assert (!draining || !busy);
    if (!m_axi_arvalid) begin
      assert (busy || stands <= (draining ? 4'd0 : 4'd1));
      assert (!busy || burst_valid || stands <= \bursts.without_offer );
      assert (!burst_valid || stands <= (room ? 4'd4 : 4'd3));
    end
    assert (!burst_valid || (beats != '0 && 32'(beats) <= BUFFER_WORDS / 2));
  end
