// Writes streams of consecutive words to external memory through AXI4. A request is cut into bursts of at most 4 KiB that
// never cross a 4 KiB border; a burst is announced when all its words are in the buffer, so that it never holds up the memory.
module axi_write_master #(
  parameter int WIDTH = 512,        // bits of a word: 8 to 1024, a power of two
  parameter int BUFFER_WORDS = 128  // words taken and not yet sent; two bursts at least
) (
  input  logic               clk,
  input  logic               rst,
  input  logic [63:0]        base,  // byte address of word 0, a multiple of the word
  output logic               error,  // the memory has answered with an error; until reset
  output logic               idle,  // nothing asked for, to be sent or unacknowledged
  input  logic               request_valid,
  output logic               request_ready,
  input  logic [31:0]        request_word,
  input  logic [31:0]        request_words,
  input  logic [WIDTH-1:0]   data,
  input  logic               valid,
  output logic               ready,
  output logic [63:0]        m_axi_awaddr,
  output logic [7:0]         m_axi_awlen,
  output logic [2:0]         m_axi_awsize,
  output logic [1:0]         m_axi_awburst,
  output logic [3:0]         m_axi_awcache,
  output logic [2:0]         m_axi_awprot,
  output logic               m_axi_awvalid,
  input  logic               m_axi_awready,
  output logic [WIDTH-1:0]   m_axi_wdata,
  output logic [WIDTH/8-1:0] m_axi_wstrb,
  output logic               m_axi_wlast,
  output logic               m_axi_wvalid,
  input  logic               m_axi_wready,
  input  logic [1:0]         m_axi_bresp,
  input  logic               m_axi_bvalid,
  output logic               m_axi_bready
);
  localparam int COUNT_BITS = $clog2(BUFFER_WORDS + 1);
  localparam int BURSTS = 16;  // announced and not yet acknowledged
  localparam int BURST_BITS = $clog2(BURSTS + 1);

  logic [63:0] address;
  logic [8:0] beats;
  logic       burst_valid, burst_ready, busy;

  axi_bursts #(.WIDTH(WIDTH), .MOST_BEATS(BUFFER_WORDS / 2)) bursts (
    .clk, .rst, .base,
    .request_valid, .request_ready, .request_word, .request_words,
    .burst_valid, .burst_ready, .burst_address(address), .burst_beats(beats), .busy
  );

  // Words in the buffer that belong to no announced burst yet.
  logic [COUNT_BITS-1:0] waiting_words;
  logic [BURST_BITS-1:0] outstanding;
  logic lengths_ready;
  // The announcement stands in registers, and its words follow whether or not the memory has taken it: AXI4 forbids to wait.
  assign burst_ready = burst_valid & (32'(beats) <= 32'(waiting_words)) & lengths_ready
    & (outstanding != BURST_BITS'(BURSTS)) & (~m_axi_awvalid | m_axi_awready);
  always_ff @(posedge clk)
    if (rst) m_axi_awvalid <= 1'b0;
    else if (burst_ready) m_axi_awvalid <= 1'b1;
    else if (m_axi_awready) m_axi_awvalid <= 1'b0;
  always_ff @(posedge clk)
    if (burst_ready) begin
      m_axi_awaddr <= address;
      m_axi_awlen <= 8'(beats - 9'd1);
    end
  assign m_axi_awsize = 3'($clog2(WIDTH / 8));
  assign m_axi_awburst = 2'b01;    // incrementing
  assign m_axi_awcache = 4'b0011;  // normal, bufferable
  assign m_axi_awprot = 3'b000;

  wire [COUNT_BITS-1:0] announced = burst_ready ? COUNT_BITS'(beats) : '0;
  wire taken = valid & ready;
  always_ff @(posedge clk)
    if (rst) waiting_words <= '0;
    else waiting_words <= waiting_words - announced + COUNT_BITS'(taken);

  // Lengths of announced bursts, then their words.
  logic [8:0] length;
  logic       length_valid, word_valid;
  fifo #(.WIDTH(9), .DEPTH(BURSTS), .STORAGE("lutram")) lengths (
    .clk, .rst,
    .in_data(beats), .in_reserve(1'b0), .in_valid(burst_ready), .in_ready(lengths_ready),
    .out_data(length), .out_valid(length_valid), .out_ready(m_axi_wvalid & m_axi_wready & m_axi_wlast)
  );
  fifo #(.WIDTH(WIDTH), .DEPTH(BUFFER_WORDS), .STORAGE(BUFFER_WORDS <= 64 ? "lutram" : "bram")) buffer (
    .clk, .rst,
    .in_data(data), .in_reserve(1'b0), .in_valid(valid), .in_ready(ready),
    .out_data(m_axi_wdata), .out_valid(word_valid), .out_ready(m_axi_wvalid & m_axi_wready)
  );
  logic [8:0] sent;  // words of the present burst
  assign m_axi_wvalid = length_valid & word_valid;
  assign m_axi_wlast = sent == length - 9'd1;
  assign m_axi_wstrb = '1;
  always_ff @(posedge clk)
    if (rst) sent <= '0;
    else if (m_axi_wvalid & m_axi_wready) sent <= m_axi_wlast ? '0 : sent + 9'd1;

  assign m_axi_bready = 1'b1;
  always_ff @(posedge clk)
    if (rst) outstanding <= '0;
    else outstanding <= outstanding + BURST_BITS'(burst_ready) - BURST_BITS'(m_axi_bvalid);
  always_ff @(posedge clk)
    if (rst) error <= 1'b0;
    else if (m_axi_bvalid & m_axi_bresp[1]) error <= 1'b1;
  assign idle = ~request_valid & ~busy & ~word_valid & (outstanding == '0);

  // Only the upper bit of a response tells of an error.
  wire unused = m_axi_bresp[0];
endmodule
