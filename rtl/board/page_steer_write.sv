// The write half of a port that reaches both memory controllers; see page_steer_read for the pages.
//
// A burst is announced when all words of the one before it have gone. So a port owes words to one controller at a time, and two ports never
// wait for each other's. What the controllers answer is taken at once, and handed on in the order of the bursts.
module page_steer_write #(
  parameter int WIDTH = 512,  // bits of a word
  parameter int BURSTS = 16,  // announced and not yet acknowledged
  parameter int ID_BITS = 1
) (
  input  logic               clk,
  input  logic               rst,
  input  logic [ID_BITS-1:0] s_awid,
  input  logic [63:0]        s_awaddr,
  input  logic [7:0]         s_awlen,
  input  logic [2:0]         s_awsize,
  input  logic [1:0]         s_awburst,
  input  logic               s_awvalid,
  output logic               s_awready,
  input  logic [WIDTH-1:0]   s_wdata,
  input  logic [WIDTH/8-1:0] s_wstrb,
  input  logic               s_wlast,
  input  logic               s_wvalid,
  output logic               s_wready,
  output logic [ID_BITS-1:0] s_bid,
  output logic [1:0]         s_bresp,
  output logic               s_bvalid,
  input  logic               s_bready,
  // Of controller 0 and 1.
  output logic [63:0]        m_awaddr,   // the same for both, as what follows
  output logic [7:0]         m_awlen,
  output logic [2:0]         m_awsize,
  output logic [1:0]         m_awburst,
  output logic [1:0]         m_awvalid,  // a bit a controller, never both
  input  logic [1:0]         m_awready,
  output logic [WIDTH-1:0]   m_wdata,
  output logic [WIDTH/8-1:0] m_wstrb,
  output logic               m_wlast,
  output logic [1:0]         m_wvalid,   // a bit a controller, never both
  input  logic [1:0]         m_wready,
  input  logic [1:0]         m0_bresp,
  input  logic [1:0]         m1_bresp,
  input  logic [1:0]         m_bvalid,
  output logic [1:0]         m_bready
);
  wire controller = s_awaddr[12];
  wire announces = s_awvalid & s_awready;

  // The burst whose words go, and its controller.
  logic sends, to, turns_ready;
  assign s_awready = turns_ready & ~sends & (m_awvalid == 2'b00);
  always_ff @(posedge clk)
    if (rst) m_awvalid <= 2'b00;
    else if (announces) m_awvalid <= controller ? 2'b10 : 2'b01;
    else m_awvalid <= m_awvalid & ~m_awready;
  always_ff @(posedge clk)
    if (announces) begin
      m_awaddr <= {1'b0, s_awaddr[63:13], s_awaddr[11:0]};
      m_awlen <= s_awlen;
      m_awsize <= s_awsize;
      m_awburst <= s_awburst;
      to <= controller;
    end
  always_ff @(posedge clk)
    if (rst) sends <= 1'b0;
    else if (announces) sends <= 1'b1;
    else if (s_wvalid & s_wready & s_wlast) sends <= 1'b0;
  assign m_wdata = s_wdata;
  assign m_wstrb = s_wstrb;
  assign m_wlast = s_wlast;
  assign m_wvalid = {sends & to & s_wvalid, sends & ~to & s_wvalid};
  assign s_wready = sends & m_wready[to];

  // Whose turn it is to acknowledge, burst by burst.
  logic turn, turn_valid;
  fifo #(.WIDTH(ID_BITS + 1), .DEPTH(BURSTS), .STORAGE("lutram")) turns (
    .clk, .rst,
    .in_data({s_awid, controller}), .in_reserve(1'b0), .in_valid(announces), .in_ready(turns_ready),
    .out_data({s_bid, turn}), .out_valid(turn_valid), .out_ready(s_bvalid & s_bready)
  );
  logic [1:0] in_response [2];
  logic [1:0] out_response [2];
  logic [1:0] there;
  assign in_response[0] = m0_bresp;
  assign in_response[1] = m1_bresp;
  for (genvar c = 0; c < 2; c++) begin : controllers
    fifo #(.WIDTH(2), .DEPTH(BURSTS), .STORAGE("lutram")) came (
      .clk, .rst,
      .in_data(in_response[c]), .in_reserve(1'b0), .in_valid(m_bvalid[c]), .in_ready(m_bready[c]),
      .out_data(out_response[c]), .out_valid(there[c]), .out_ready(s_bvalid & s_bready & (turn == 1'(c)))
    );
  end
  assign s_bvalid = turn_valid & there[turn];
  assign s_bresp = out_response[turn];
endmodule
