module fastmamba_scale (
  input logic clk, input logic rst, input logic offered, output logic taken, output logic done,
  input logic [7:0] words,
  input logic [63:0] offset_data, input logic offset_valid, output logic offset_ready,
  output logic [63:0] seen_data, output logic seen_valid, input logic seen_ready,
  input logic [63:0] m_axi_from_base, input logic [63:0] m_axi_to_base,
  output logic [63:0] m_axi_from_araddr, output logic [7:0] m_axi_from_arlen, output logic [2:0] m_axi_from_arsize,
  output logic [1:0] m_axi_from_arburst, output logic [3:0] m_axi_from_arcache, output logic [2:0] m_axi_from_arprot,
  output logic m_axi_from_arvalid, input logic m_axi_from_arready,
  input logic [63:0] m_axi_from_rdata, input logic [1:0] m_axi_from_rresp, input logic m_axi_from_rlast,
  input logic m_axi_from_rvalid, output logic m_axi_from_rready,
  output logic [63:0] m_axi_to_awaddr, output logic [7:0] m_axi_to_awlen, output logic [2:0] m_axi_to_awsize,
  output logic [1:0] m_axi_to_awburst, output logic [3:0] m_axi_to_awcache, output logic [2:0] m_axi_to_awprot,
  output logic m_axi_to_awvalid, input logic m_axi_to_awready,
  output logic [63:0] m_axi_to_wdata, output logic [7:0] m_axi_to_wstrb, output logic m_axi_to_wlast,
  output logic m_axi_to_wvalid, input logic m_axi_to_wready,
  input logic [1:0] m_axi_to_bresp, input logic m_axi_to_bvalid, output logic m_axi_to_bready
);
  logic go;
  logic idle;
  logic fetch_done, double_done, store_done;
  wire take = offered && !taken && done;
  always_ff @(posedge clk) begin
    go <= take && !rst;
    taken <= !rst && offered && (taken || take);
  end
  assign done = !go && fetch_done && double_done && store_done && idle;

  logic [63:0] values_in_data, values_data, twice_in_data, twice_data;
  logic values_in_valid, values_in_ready, values_valid, values_ready;
  logic twice_in_valid, twice_in_ready, twice_valid, twice_ready;
  fifo #(.WIDTH(64), .DEPTH(4)) fifo_values (.clk(clk), .rst(rst), .in_reserve(1'b0),
    .in_data(values_in_data), .in_valid(values_in_valid), .in_ready(values_in_ready),
    .out_data(values_data), .out_valid(values_valid), .out_ready(values_ready));
  fifo #(.WIDTH(64), .DEPTH(2)) fifo_twice (.clk(clk), .rst(rst), .in_reserve(1'b0),
    .in_data(twice_in_data), .in_valid(twice_in_valid), .in_ready(twice_in_ready),
    .out_data(twice_data), .out_valid(twice_valid), .out_ready(twice_ready));

  logic from_request_valid, from_request_ready, from_valid, from_ready;
  logic [31:0] from_request_word, from_request_words;
  logic [63:0] from_data;
  axi_read_master #(.WIDTH(64)) axi_from (.clk(clk), .rst(rst), .base(m_axi_from_base),
    .request_valid(from_request_valid), .request_ready(from_request_ready),
    .request_word(from_request_word), .request_words(from_request_words),
    .data(from_data), .valid(from_valid), .ready(from_ready),
    .araddr(m_axi_from_araddr), .arlen(m_axi_from_arlen), .arsize(m_axi_from_arsize), .arburst(m_axi_from_arburst),
    .arcache(m_axi_from_arcache), .arprot(m_axi_from_arprot), .arvalid(m_axi_from_arvalid), .arready(m_axi_from_arready),
    .rdata(m_axi_from_rdata), .rresp(m_axi_from_rresp), .rlast(m_axi_from_rlast), .rvalid(m_axi_from_rvalid),
    .rready(m_axi_from_rready));
  logic to_request_valid, to_request_ready, to_valid, to_ready;
  logic [31:0] to_request_word, to_request_words;
  logic [63:0] to_data;
  axi_write_master #(.WIDTH(64)) axi_to (.clk(clk), .rst(rst), .base(m_axi_to_base), .idle(idle),
    .request_valid(to_request_valid), .request_ready(to_request_ready),
    .request_word(to_request_word), .request_words(to_request_words),
    .data(to_data), .valid(to_valid), .ready(to_ready),
    .awaddr(m_axi_to_awaddr), .awlen(m_axi_to_awlen), .awsize(m_axi_to_awsize), .awburst(m_axi_to_awburst),
    .awcache(m_axi_to_awcache), .awprot(m_axi_to_awprot), .awvalid(m_axi_to_awvalid), .awready(m_axi_to_awready),
    .wdata(m_axi_to_wdata), .wstrb(m_axi_to_wstrb), .wlast(m_axi_to_wlast), .wvalid(m_axi_to_wvalid),
    .wready(m_axi_to_wready), .bresp(m_axi_to_bresp), .bvalid(m_axi_to_bvalid), .bready(m_axi_to_bready));

  fetch u_fetch (.clk(clk), .rst(rst), .start(go), .done(fetch_done), .words(words),
    .values_data(values_in_data), .values_valid(values_in_valid), .values_ready(values_in_ready),
    .from_request_valid(from_request_valid), .from_request_ready(from_request_ready),
    .from_request_word(from_request_word), .from_request_words(from_request_words),
    .from_data(from_data), .from_valid(from_valid), .from_ready(from_ready));
  double_values u_double_values (.clk(clk), .rst(rst), .start(go), .done(double_done), .words(words),
    .values_data(values_data), .values_valid(values_valid), .values_ready(values_ready),
    .offset_data(offset_data), .offset_valid(offset_valid), .offset_ready(offset_ready),
    .seen_data(seen_data), .seen_valid(seen_valid), .seen_ready(seen_ready),
    .twice_data(twice_in_data), .twice_valid(twice_in_valid), .twice_ready(twice_in_ready));
  store u_store (.clk(clk), .rst(rst), .start(go), .done(store_done), .words(words),
    .twice_data(twice_data), .twice_valid(twice_valid), .twice_ready(twice_ready),
    .to_request_valid(to_request_valid), .to_request_ready(to_request_ready),
    .to_request_word(to_request_word), .to_request_words(to_request_words),
    .to_data(to_data), .to_valid(to_valid), .to_ready(to_ready));
endmodule
