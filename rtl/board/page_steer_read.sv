// The read half of a port that reaches both memory controllers. Pages of 4 KiB alternate between them: bit 12 of the address says which
// one, and goes out of the address, so that each controller sees its pages side by side. No burst crosses 4 KiB, so that each lies in one.
//
// Bursts are asked for without waiting for each other, and their words are handed on in the order of the requests. A burst is asked for
// when there is room for all its words: whatever a controller answers is taken at once, so that no port ever keeps another one's words
// waiting in a controller's interconnect, where the two could wait for each other.
module page_steer_read #(
  parameter int WIDTH = 512,  // bits of a word
  parameter int WORDS = 128,  // room for words of each controller; the longest burst at least
  parameter int BURSTS = 16,  // asked for and not yet handed on
  parameter int ID_BITS = 1
) (
  input  logic               clk,
  input  logic               rst,
  input  logic [ID_BITS-1:0] s_arid,
  input  logic [63:0]        s_araddr,
  input  logic [7:0]         s_arlen,
  input  logic [2:0]         s_arsize,
  input  logic [1:0]         s_arburst,
  input  logic               s_arvalid,
  output logic               s_arready,
  output logic [ID_BITS-1:0] s_rid,
  output logic [WIDTH-1:0]   s_rdata,
  output logic [1:0]         s_rresp,
  output logic               s_rlast,
  output logic               s_rvalid,
  input  logic               s_rready,
  // Of controller 0 and 1.
  output logic [63:0]        m_araddr,   // the same for both
  output logic [7:0]         m_arlen,
  output logic [2:0]         m_arsize,
  output logic [1:0]         m_arburst,
  output logic [1:0]         m_arvalid,  // a bit a controller, never both
  input  logic [1:0]         m_arready,
  input  logic [WIDTH-1:0]   m0_rdata,
  input  logic [1:0]         m0_rresp,
  input  logic               m0_rlast,
  input  logic [WIDTH-1:0]   m1_rdata,
  input  logic [1:0]         m1_rresp,
  input  logic               m1_rlast,
  input  logic [1:0]         m_rvalid,
  output logic [1:0]         m_rready
);
  localparam int ROOM_BITS = $clog2(WORDS + 1);
  localparam STORAGE = WORDS <= 64 ? "lutram" : "bram";

  wire controller = s_araddr[12];
  wire [8:0] words = 9'(s_arlen) + 9'd1;
  wire asks = s_arvalid & s_arready;

  // Room for the words of each controller that may still be asked for.
  logic [ROOM_BITS-1:0] room [2];
  logic [1:0] takes;  // a word of this controller is handed on
  for (genvar c = 0; c < 2; c++) begin : rooms
    wire [ROOM_BITS-1:0] asked = asks && controller == 1'(c) ? ROOM_BITS'(words) : '0;
    always_ff @(posedge clk)
      if (rst) room[c] <= ROOM_BITS'(WORDS);
      else room[c] <= room[c] - asked + ROOM_BITS'(takes[c]);
  end

  // A request stands in registers until its controller takes it.
  logic turns_ready;
  assign s_arready = turns_ready & (m_arvalid == 2'b00) & (32'(words) <= 32'(room[controller]));
  always_ff @(posedge clk)
    if (rst) m_arvalid <= 2'b00;
    else if (asks) m_arvalid <= controller ? 2'b10 : 2'b01;
    else m_arvalid <= m_arvalid & ~m_arready;
  always_ff @(posedge clk)
    if (asks) begin
      m_araddr <= {1'b0, s_araddr[63:13], s_araddr[11:0]};
      m_arlen <= s_arlen;
      m_arsize <= s_arsize;
      m_arburst <= s_arburst;
    end

  // Whose turn it is, burst by burst.
  logic turn, turn_valid;
  wire over = s_rvalid & s_rready & s_rlast;
  fifo #(.WIDTH(ID_BITS + 1), .DEPTH(BURSTS), .STORAGE("lutram")) turns (
    .clk, .rst,
    .in_data({s_arid, controller}), .in_reserve(1'b0), .in_valid(asks), .in_ready(turns_ready),
    .out_data({s_rid, turn}), .out_valid(turn_valid), .out_ready(over)
  );

  logic [WIDTH+2:0] in_word [2];
  logic [WIDTH+2:0] out_word [2];
  logic [1:0] there;
  assign in_word[0] = {m0_rlast, m0_rresp, m0_rdata};
  assign in_word[1] = {m1_rlast, m1_rresp, m1_rdata};
  for (genvar c = 0; c < 2; c++) begin : controllers
    assign takes[c] = s_rvalid & s_rready & (turn == 1'(c));
    fifo #(.WIDTH(WIDTH + 3), .DEPTH(WORDS), .STORAGE(STORAGE)) came (
      .clk, .rst,
      .in_data(in_word[c]), .in_reserve(1'b0), .in_valid(m_rvalid[c]), .in_ready(m_rready[c]),
      .out_data(out_word[c]), .out_valid(there[c]), .out_ready(takes[c])
    );
  end
  assign s_rvalid = turn_valid & there[turn];
  assign {s_rlast, s_rresp, s_rdata} = out_word[turn];
endmodule
