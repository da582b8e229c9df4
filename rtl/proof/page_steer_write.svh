// What the steering of writes keeps to. Stands at the end of module page_steer_write. Of all bursts one is watched, any one: its ID is 1, and
// the memory answers it, and no other, with bit 0 of the response set.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The master: a word stands until it is taken, and one burst at most has ID 1.
logic watching;
wire sends_word = s_wvalid & s_wready;
wire answers = s_bvalid & s_bready;
always_comb assume (!s_awvalid || !s_awid[0] || !watching);
always_ff @(posedge clk)
  if (rst) watching <= 1'b0;
  else if (announces & s_awid[0]) watching <= 1'b1;
  else if (answers & s_bid[0]) watching <= 1'b0;
logic w_waited, w_last;
logic [WIDTH-1:0] w_data;
always_ff @(posedge clk) begin
  w_waited <= s_wvalid & ~s_wready & ~rst;
  w_data <= s_wdata;
  w_last <= s_wlast;
end
always_comb assume (!w_waited || (s_wvalid && s_wdata == w_data && s_wlast == w_last));

// Two memories. Each answers the bursts that it took and has all words of, in their order, whenever it likes.
for (genvar c = 0; c < 2; c++) begin : memory
  localparam int COUNT_BITS = $clog2(BURSTS + 1);
  logic [COUNT_BITS-1:0] taken, whole;  // bursts that are not answered
  logic [BURSTS-1:0] ids;               // of those announced, oldest lowest
  logic [COUNT_BITS-1:0] announced;
  wire takes_burst = m_awvalid[c] & m_awready[c];
  wire is_whole = m_wvalid[c] & m_wready[c] & m_wlast;
  wire comes = m_bvalid[c] & m_bready[c];
  wire is_new = announces & (s_awaddr[12] == 1'(c));
  wire [COUNT_BITS-1:0] place = announced - COUNT_BITS'(comes);
  wire [1:0] response = c == 0 ? m0_bresp : m1_bresp;
  always_comb assume (!m_bvalid[c] || (taken != '0 && whole != '0 && response[0] == ids[0]));
  always_ff @(posedge clk)
    if (rst) begin
      taken <= '0;
      whole <= '0;
      announced <= '0;
    end else begin
      taken <= taken + COUNT_BITS'(takes_burst) - COUNT_BITS'(comes);
      whole <= whole + COUNT_BITS'(is_whole) - COUNT_BITS'(comes);
      announced <= announced + COUNT_BITS'(is_new) - COUNT_BITS'(comes);
    end
  for (genvar i = 0; i < BURSTS; i++) begin : burst
    always_ff @(posedge clk)
      if (is_new && place == COUNT_BITS'(i)) ids[i] <= s_awid[0];
      else if (comes) ids[i] <= i < BURSTS - 1 ? ids[i < BURSTS - 1 ? i + 1 : i] : 1'b0;
  end
end

// The burst that words are owed to.
logic owes, owes_to;
always_ff @(posedge clk)
  if (rst) owes <= 1'b0;
  else if (announces) begin
    owes <= 1'b1;
    owes_to <= s_awaddr[12];
  end else if (sends_word & s_wlast) owes <= 1'b0;

logic was_reset, announced_before;
logic [1:0] aw_waited, controller_words;
logic [63:0] asked_address, waited_address;
logic [7:0] asked_length, waited_length;
always_ff @(posedge clk) begin
  was_reset <= rst;
  announced_before <= announces & ~rst;
  asked_address <= s_awaddr;
  asked_length <= s_awlen;
  aw_waited <= m_awvalid & ~m_awready;
  waited_address <= m_awaddr;
  waited_length <= m_awlen;
  controller_words <= rst ? 2'b00 : m_wvalid & ~m_wready;
end

// Cycles in which there is something to do, nobody outside makes it wait, and nothing moves.
wire [1:0] may_answer = {memory[1].taken != '0 && memory[1].whole != '0, memory[0].taken != '0 && memory[0].whole != '0};
wire is_kept = (|(m_awvalid & ~m_awready)) | (owes & ~s_wvalid) | (|(m_wvalid & ~m_wready)) | (s_bvalid & ~s_bready) | (|(may_answer & ~m_bvalid));
wire moves = announces | (|(m_awvalid & m_awready)) | sends_word | (|(m_bvalid & m_bready)) | answers;
wire at_work = turn_valid | owes | (m_awvalid != '0);
logic [2:0] stands;
always_ff @(posedge clk)
  if (rst | is_kept | moves | ~at_work) stands <= '0;
  else if (stands != '1) stands <= stands + 1'b1;

always_comb
  if (began) begin
    // A burst goes to the controller of its page, at the page's place there, and stands until it is taken.
    one_controller: assert (m_awvalid != 2'b11);
    is_announced: assert (!announced_before || (m_awvalid == (owes_to ? 2'b10 : 2'b01) && m_awlen == asked_length));
    page_place: assert (!announced_before
      || (m_awaddr[11:0] == asked_address[11:0] && m_awaddr[62:12] == asked_address[63:13] && !m_awaddr[63]));
    announces_no_other: assert (m_awvalid == '0 || was_reset || announced_before || aw_waited != '0);
    announcement_stands: assert (was_reset || aw_waited == '0 || (m_awvalid == aw_waited && m_awaddr == waited_address && m_awlen == waited_length));
    // Words go to the controller of their burst, each once; no burst is announced while one owes words.
    own_controller: assert (m_wvalid == (owes && s_wvalid ? (owes_to ? 2'b10 : 2'b01) : 2'b00));
    each_once: assert (sends_word == ((m_wvalid & m_wready) != '0));
    one_at_a_time: assert (!announces || !owes);
    word_stands: assert (was_reset || controller_words == '0 || m_wvalid == controller_words);
    // Every answer is taken at once, and handed on with its burst's own ID, when all words have gone.
    takes_answers: assert ((m_bvalid & ~m_bready) == '0);
    own_answer: assert (!s_bvalid || s_bresp[0] == s_bid[0]);
    // Under memories that answer and a master that sends its words, something moves.
    never_stands: assert (stands <= 3'd2);
  end
