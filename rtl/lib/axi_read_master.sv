// Reads streams of consecutive words from external memory through AXI4. A request is cut into bursts of at most 4 KiB that
// never cross a 4 KiB border; bursts are asked for as long as the buffer has room for every word asked for, so that the
// memory may answer at full rate whatever the reader does.
//
// `rst` goes with a reset of the memory. `clear` gives up all requests while the memory goes on: what it was asked for is still received,
// and dropped; a request after that is taken up when the last of it has come.
module axi_read_master #(
  parameter int WIDTH = 512,        // bits of a word: 8 to 1024, a power of two
  parameter int BUFFER_WORDS = 128  // words asked for and not yet taken; two bursts at least
) (
  input  logic             clk,
  input  logic             rst,
  input  logic             clear,
  input  logic [63:0]      base,  // byte address of word 0, a multiple of the word
  output logic             error,   // the memory has answered with an error; until rst or clear
  output logic             awaits,  // the memory was asked for words that have not come
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
  logic       burst_valid, burst_ready, bursts_ready, busy;
  logic [CREDIT_BITS-1:0] credit;   // words that may still be asked for
  logic [CREDIT_BITS-1:0] pending;  // words asked for that have not come
  logic draining;                   // what comes was asked for before clear

  assign request_ready = bursts_ready & ~draining;
  axi_bursts #(.WIDTH(WIDTH), .MOST_BEATS(BUFFER_WORDS / 2)) bursts (
    .clk, .rst(rst | clear), .base,
    .request_valid(request_valid & ~draining), .request_ready(bursts_ready), .request_word, .request_words,
    .burst_valid, .burst_ready, .burst_address(address), .burst_beats(beats), .busy
  );

  // Room is looked for a cycle ahead. That it is there stays true until words are asked for: then it is not known for two cycles, in the
  // second of which the words are counted.
  logic room, asked;
  assign burst_ready = burst_valid & room & ~clear & (~m_axi_arvalid | m_axi_arready);
  always_ff @(posedge clk)
    if (rst | clear) begin
      room <= 1'b0;
      asked <= 1'b0;
    end else begin
      room <= burst_valid & ~burst_ready & ~asked & (32'(beats) <= 32'(credit));
      asked <= burst_ready;
    end

  // Asked for from registers. An announcement stands until the memory takes it.
  logic [CREDIT_BITS-1:0] asked_words;
  always_ff @(posedge clk)
    if (rst) m_axi_arvalid <= 1'b0;
    else if (burst_ready) m_axi_arvalid <= 1'b1;
    else if (m_axi_arready) m_axi_arvalid <= 1'b0;
  always_ff @(posedge clk)
    if (burst_ready) begin
      m_axi_araddr <= address;
      m_axi_arlen <= 8'(beats - 9'd1);
      asked_words <= CREDIT_BITS'(beats);
    end
  assign m_axi_arsize = 3'($clog2(WIDTH / 8));
  assign m_axi_arburst = 2'b01;    // incrementing
  assign m_axi_arcache = 4'b0011;  // normal, bufferable
  assign m_axi_arprot = 3'b000;

  wire come = m_axi_rvalid & m_axi_rready;
  wire [CREDIT_BITS-1:0] counted = asked ? asked_words : '0;
  wire taken = valid & ready;
  always_ff @(posedge clk)
    if (rst | clear | draining) credit <= CREDIT_BITS'(BUFFER_WORDS);
    else credit <= credit - counted + CREDIT_BITS'(taken);
  // Those that clear finds on their way into the count are counted.
  always_ff @(posedge clk)
    if (rst) pending <= '0;
    else pending <= pending + counted - CREDIT_BITS'(come);
  assign awaits = m_axi_arvalid | asked | (pending != '0);
  always_ff @(posedge clk)
    if (rst) draining <= 1'b0;
    else draining <= clear | (draining & awaits);

  always_ff @(posedge clk)
    if (rst | clear | draining) error <= 1'b0;
    else if (come & m_axi_rresp[1]) error <= 1'b1;

  fifo #(.WIDTH(WIDTH), .DEPTH(BUFFER_WORDS), .STORAGE(BUFFER_WORDS <= 64 ? "lutram" : "bram")) buffer (
    .clk, .rst(rst | clear),
    .in_data(m_axi_rdata), .in_valid(m_axi_rvalid & ~draining), .in_ready(m_axi_rready),
    .out_data(data), .out_valid(valid), .out_ready(ready)
  );

  // Words are counted, so that the end of a burst says nothing new; only the upper bit of a response tells of an error.
  wire unused = m_axi_rlast ^ m_axi_rresp[0] ^ busy;
endmodule
