// Reads streams of consecutive words from external memory through AXI4. A request is cut into bursts of at most 4 KiB that
// never cross a 4 KiB border; bursts are asked for as long as the buffer has room for every word asked for, so that the
// memory may answer at full rate whatever the reader does.
module axi_read_master #(
  parameter int WIDTH = 512,        // bits of a word: 8 to 1024, a power of two
  parameter int BUFFER_WORDS = 128  // words asked for and not yet taken; two bursts at least
) (
  input  logic             clk,
  input  logic             rst,
  input  logic [63:0]      base,  // byte address of word 0, a multiple of the word
  output logic             error,  // the memory has answered with an error; until reset
  input  logic             request_valid,
  output logic             request_ready,
  input  logic [31:0]      request_word,
  input  logic [31:0]      request_words,
  output logic [WIDTH-1:0] data,
  output logic             valid,
  input  logic             ready,
  output logic [63:0]      m_axi_araddr,
  output logic [7:0]       m_axi_arlen,
  output logic [2:0]       m_axi_arsize,
  output logic [1:0]       m_axi_arburst,
  output logic [3:0]       m_axi_arcache,
  output logic [2:0]       m_axi_arprot,
  output logic             m_axi_arvalid,
  input  logic             m_axi_arready,
  input  logic [WIDTH-1:0] m_axi_rdata,
  input  logic [1:0]       m_axi_rresp,
  input  logic             m_axi_rlast,
  input  logic             m_axi_rvalid,
  output logic             m_axi_rready
);
  localparam int CREDIT_BITS = $clog2(BUFFER_WORDS + 1);

  logic [63:0] address;
  logic [8:0] beats;
  logic       burst_valid, burst_ready, busy;
  logic [CREDIT_BITS-1:0] credit;  // words that may still be asked for

  axi_bursts #(.WIDTH(WIDTH), .MOST_BEATS(BUFFER_WORDS / 2)) bursts (
    .clk, .rst, .base,
    .request_valid, .request_ready, .request_word, .request_words,
    .burst_valid, .burst_ready, .burst_address(address), .burst_beats(beats), .busy
  );

  // Asked for from registers.
  assign burst_ready = burst_valid & (32'(beats) <= 32'(credit)) & (~m_axi_arvalid | m_axi_arready);
  always_ff @(posedge clk)
    if (rst) m_axi_arvalid <= 1'b0;
    else if (burst_ready) m_axi_arvalid <= 1'b1;
    else if (m_axi_arready) m_axi_arvalid <= 1'b0;
  always_ff @(posedge clk)
    if (burst_ready) begin
      m_axi_araddr <= address;
      m_axi_arlen <= 8'(beats - 9'd1);
    end
  assign m_axi_arsize = 3'($clog2(WIDTH / 8));
  assign m_axi_arburst = 2'b01;    // incrementing
  assign m_axi_arcache = 4'b0011;  // normal, bufferable
  assign m_axi_arprot = 3'b000;

  wire [CREDIT_BITS-1:0] asked = burst_ready ? CREDIT_BITS'(beats) : '0;
  wire taken = valid & ready;
  always_ff @(posedge clk)
    if (rst) credit <= CREDIT_BITS'(BUFFER_WORDS);
    else credit <= credit - asked + CREDIT_BITS'(taken);

  always_ff @(posedge clk)
    if (rst) error <= 1'b0;
    else if (m_axi_rvalid & m_axi_rready & m_axi_rresp[1]) error <= 1'b1;

  fifo #(.WIDTH(WIDTH), .DEPTH(BUFFER_WORDS), .STORAGE(BUFFER_WORDS <= 64 ? "lutram" : "bram")) buffer (
    .clk, .rst,
    .in_data(m_axi_rdata), .in_reserve(1'b0), .in_valid(m_axi_rvalid), .in_ready(m_axi_rready),
    .out_data(data), .out_valid(valid), .out_ready(ready)
  );

  // Words are counted, so that the end of a burst says nothing new; only the upper bit of a response tells of an error.
  wire unused = m_axi_rlast ^ m_axi_rresp[0] ^ busy;
endmodule
