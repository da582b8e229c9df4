// Writes streams of consecutive words to external memory through AXI4. A request is cut into bursts of at most 4 KiB that
// never cross a 4 KiB border; a burst is announced when all its words are in the buffer, so that it never holds up the memory.
//
// `rst` goes with a reset of the memory. `clear` gives up all requests while the memory goes on: announced bursts are sent to their end,
// as words that change no byte, and acknowledged; a request after that is taken up, and its words, when that is over.
module axi_write_master #(
  parameter int WIDTH = 512,         // bits of a word: 8 to 1024, a power of two
  parameter int BUFFER_WORDS = 128,  // words taken and not yet sent; two bursts at least
  parameter int BURSTS = 16          // announced and not yet acknowledged
) (
  input  logic               clk,
  input  logic               rst,
  input  logic               clear,
  input  logic [63:0]        base,  // byte address of word 0, a multiple of the word
  output logic               error,   // the memory has answered with an error; until rst or clear
  output logic               awaits,  // a burst was announced that is not acknowledged
  output logic               idle,    // nothing asked for, to be sent or unacknowledged
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
  localparam int BURST_BITS = $clog2(BURSTS + 1);

  logic [63:0] address;
  logic [8:0] beats;
  logic       burst_valid, burst_ready, bursts_ready, busy;
  logic draining;  // announced bursts are those before clear

  assign request_ready = bursts_ready & ~draining;
  axi_bursts #(.WIDTH(WIDTH), .MOST_BEATS(BUFFER_WORDS / 2)) bursts (
    .clk, .rst(rst | clear), .base,
    .request_valid(request_valid & ~draining), .request_ready(bursts_ready), .request_word, .request_words,
    .burst_valid, .burst_ready, .burst_address(address), .burst_beats(beats), .busy
  );

  logic [COUNT_BITS-1:0] waiting_words;  // in the buffer, of no announced burst
  logic [BURST_BITS-1:0] outstanding;
  // That all words of a burst are there is looked at a cycle ahead. It stays true until the burst is announced: then it is not known for
  // two cycles, in the second of which its words are counted.
  logic complete, announced, lengths_ready;
  // The announcement stands in registers, and its words follow whether or not the memory has taken it: AXI4 forbids to wait.
  assign burst_ready = burst_valid & complete & ~clear & lengths_ready & (~m_axi_awvalid | m_axi_awready);
  always_ff @(posedge clk)
    if (rst | clear) begin
      complete <= 1'b0;
      announced <= 1'b0;
    end else begin
      complete <= burst_valid & ~burst_ready & ~announced & (32'(beats) <= 32'(waiting_words)) & (outstanding != BURST_BITS'(BURSTS));
      announced <= burst_ready;
    end
  logic [COUNT_BITS-1:0] announced_words;
  always_ff @(posedge clk)
    if (rst) m_axi_awvalid <= 1'b0;
    else if (burst_ready) m_axi_awvalid <= 1'b1;
    else if (m_axi_awready) m_axi_awvalid <= 1'b0;
  always_ff @(posedge clk)
    if (burst_ready) begin
      m_axi_awaddr <= address;
      m_axi_awlen <= 8'(beats - 9'd1);
      announced_words <= COUNT_BITS'(beats);
    end
  assign m_axi_awsize = 3'($clog2(WIDTH / 8));
  assign m_axi_awburst = 2'b01;    // incrementing
  assign m_axi_awcache = 4'b0011;  // normal, bufferable
  assign m_axi_awprot = 3'b000;

  wire [COUNT_BITS-1:0] counted = announced ? announced_words : '0;
  wire taken = valid & ready;
  always_ff @(posedge clk)
    if (rst | clear | draining) waiting_words <= '0;
    else waiting_words <= waiting_words - counted + COUNT_BITS'(taken);

  // Lengths of announced bursts, then their words.
  logic [8:0] length;
  logic       length_valid, word_valid, buffer_ready;
  wire sends = m_axi_wvalid & m_axi_wready;
  fifo #(.WIDTH(9), .DEPTH(BURSTS), .STORAGE("lutram")) lengths (
    .clk, .rst,
    .in_data(beats), .in_reserve(1'b0), .in_valid(burst_ready), .in_ready(lengths_ready),
    .out_data(length), .out_valid(length_valid), .out_ready(sends & m_axi_wlast)
  );
  // Words of no announced burst go when the announced ones have gone.
  fifo #(.WIDTH(WIDTH), .DEPTH(BUFFER_WORDS), .STORAGE(BUFFER_WORDS <= 64 ? "lutram" : "bram")) buffer (
    .clk, .rst(rst | (draining & ~awaits)),
    .in_data(data), .in_reserve(1'b0), .in_valid(taken), .in_ready(buffer_ready),
    .out_data(m_axi_wdata), .out_valid(word_valid), .out_ready(sends)
  );
  assign ready = buffer_ready & ~draining & ~clear;
  logic [8:0] sent;  // words of the present burst
  logic silent;      // from the first word on that is shown after clear
  assign m_axi_wvalid = length_valid & word_valid;
  assign m_axi_wlast = sent == length - 9'd1;
  assign m_axi_wstrb = {WIDTH / 8{~silent}};
  always_ff @(posedge clk)
    if (rst) sent <= '0;
    else if (sends) sent <= m_axi_wlast ? '0 : sent + 9'd1;
  always_ff @(posedge clk)
    if (rst | ~(clear | draining)) silent <= 1'b0;
    else if (~m_axi_wvalid | m_axi_wready) silent <= 1'b1;

  assign m_axi_bready = 1'b1;
  always_ff @(posedge clk)
    if (rst) outstanding <= '0;
    else outstanding <= outstanding + BURST_BITS'(burst_ready) - BURST_BITS'(m_axi_bvalid);
  assign awaits = outstanding != '0;
  always_ff @(posedge clk)
    if (rst) draining <= 1'b0;
    else draining <= clear | (draining & awaits);
  always_ff @(posedge clk)
    if (rst | clear | draining) error <= 1'b0;
    else if (m_axi_bvalid & m_axi_bresp[1]) error <= 1'b1;
  assign idle = ~request_valid & ~busy & (waiting_words == '0) & ~awaits & ~draining;

  // Only the upper bit of a response tells of an error.
  wire unused = m_axi_bresp[0];
endmodule
