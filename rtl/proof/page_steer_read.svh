// What the steering of reads keeps to. Stands at the end of module page_steer_read. Of all bursts one is watched, any one: its ID is 1, and so
// is bit 0 of each of its words, where the memory has the ID of the burst that a word belongs to.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The master: no burst is longer than the room for words, and the watched one is the only one with ID 1 until it has come.
logic watching;
logic [7:0] watched_length, handed;
wire hands = s_rvalid & s_rready;
always_comb assume (!s_arvalid || 32'(words) <= WORDS);
always_comb assume (!s_arvalid || !s_arid[0] || !watching);
always_ff @(posedge clk)
  if (rst) watching <= 1'b0;
  else if (asks & s_arid[0]) begin
    watching <= 1'b1;
    watched_length <= s_arlen;
  end else if (over & s_rid[0]) watching <= 1'b0;
// Words of the burst at the port that were handed on.
always_ff @(posedge clk)
  if (rst) handed <= '0;
  else if (hands) handed <= s_rlast ? '0 : handed + 8'd1;

// The request that stands in registers.
logic waiting_id;
always_ff @(posedge clk) if (asks) waiting_id <= s_arid[0];

// Two memories. Each answers the bursts that it took in their order, whenever it likes, and marks the last word of each.
for (genvar c = 0; c < 2; c++) begin : memory
  localparam int COUNT_BITS = $clog2(BURSTS + 1);
  logic [COUNT_BITS-1:0] owed;        // bursts
  logic [BURSTS-1:0] ids;             // of them, oldest lowest
  logic [BURSTS*8-1:0] lengths;
  logic [7:0] sent;                   // words of the oldest
  wire [WIDTH-1:0] data = c == 0 ? m0_rdata : m1_rdata;
  wire last = c == 0 ? m0_rlast : m1_rlast;
  wire takes_burst = m_arvalid[c] & m_arready[c];
  wire comes = m_rvalid[c] & m_rready[c];
  wire ends = comes & last;
  wire [COUNT_BITS-1:0] place = owed - COUNT_BITS'(ends);
  always_comb begin
    assume (!m_rvalid[c] || owed != '0);
    assume (!m_rvalid[c] || (data[0] == ids[0] && last == (sent == lengths[7:0])));
  end
  always_ff @(posedge clk)
    if (rst) begin
      owed <= '0;
      sent <= '0;
    end else begin
      owed <= owed + COUNT_BITS'(takes_burst) - COUNT_BITS'(ends);
      if (comes) sent <= last ? '0 : sent + 8'd1;
    end
  for (genvar i = 0; i < BURSTS; i++) begin : burst
    wire is_new = takes_burst && place == COUNT_BITS'(i);
    always_ff @(posedge clk) begin
      if (is_new) ids[i] <= waiting_id;
      else if (ends) ids[i] <= i < BURSTS - 1 ? ids[i < BURSTS - 1 ? i + 1 : i] : 1'b0;
      if (is_new) lengths[8*i +: 8] <= m_arlen;
      else if (ends) lengths[8*i +: 8] <= i < BURSTS - 1 ? lengths[8*(i < BURSTS - 1 ? i + 1 : i) +: 8] : 8'd0;
    end
  end
end

logic was_reset, asked_before, to_controller;
logic [1:0] waited;
logic [63:0] asked_address, waited_address;
logic [7:0] asked_length, waited_length;
always_ff @(posedge clk) begin
  was_reset <= rst;
  asked_before <= asks & ~rst;
  to_controller <= s_araddr[12];
  asked_address <= s_araddr;
  asked_length <= s_arlen;
  waited <= m_arvalid & ~m_arready;
  waited_address <= m_araddr;
  waited_length <= m_arlen;
end

// Cycles in which there is something to do, nobody outside makes it wait, and nothing moves.
wire is_kept = (s_rvalid & ~s_rready) | (|(m_arvalid & ~m_arready)) | (memory[0].owed != '0 & ~m_rvalid[0]) | (memory[1].owed != '0 & ~m_rvalid[1]);
wire moves = hands | asks | (|(m_arvalid & m_arready)) | (|(m_rvalid & m_rready));
wire at_work = turn_valid | (m_arvalid != '0);
logic [2:0] stands;
always_ff @(posedge clk)
  if (rst | is_kept | moves | ~at_work) stands <= '0;
  else if (stands != '1) stands <= stands + 1'b1;

always_comb
  if (began) begin
    // A burst goes to the controller of its page, at the page's place there, and stands until it is taken.
    one_controller: assert (m_arvalid != 2'b11);
    is_asked: assert (!asked_before || (m_arvalid == (to_controller ? 2'b10 : 2'b01) && m_arlen == asked_length));
    page_place: assert (!asked_before || (m_araddr[11:0] == asked_address[11:0] && m_araddr[62:12] == asked_address[63:13] && !m_araddr[63]));
    asks_no_other: assert (m_arvalid == '0 || was_reset || asked_before || waited != '0);
    request_stands: assert (was_reset || waited == '0 || (m_arvalid == waited && m_araddr == waited_address && m_arlen == waited_length));
    // There is room for every word asked for: no controller ever waits.
    takes_words: assert ((m_rvalid & ~m_rready) == '0);
    // Words come in the order of the requests, each burst whole.
    own_words: assert (!s_rvalid || s_rdata[0] == s_rid[0]);
    whole_burst: assert (!s_rvalid || !s_rid[0] || s_rlast == (handed == watched_length));
    // Under memories that answer and a master that takes, something moves.
    never_stands: assert (stands <= 3'd2);
  end
