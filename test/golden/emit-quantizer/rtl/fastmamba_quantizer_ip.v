// Written by fastmamba.

// The kernel as Vivado takes it into a block design: plain Verilog around fastmamba_quantizer, clock and reset named as Vitis HLS names them,
// and attributes that say which interface each port belongs to. The reset is turned round and registered on its way.
// verilator lint_off SYMRSVDWORD
module fastmamba_quantizer_ip (
  (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 ap_clk CLK", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME ap_clk, ASSOCIATED_BUSIF s_axi_control:m_axi_descriptors:m_axi_rows_in:m_axi_rows_out, ASSOCIATED_RESET ap_rst_n" *)
  input  wire ap_clk,
  (* X_INTERFACE_INFO = "xilinx.com:signal:reset:1.0 ap_rst_n RST", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME ap_rst_n, POLARITY ACTIVE_LOW" *)
  input  wire ap_rst_n,
  (* X_INTERFACE_INFO = "xilinx.com:signal:interrupt:1.0 interrupt INTERRUPT", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME interrupt, SENSITIVITY LEVEL_HIGH" *)
  output wire interrupt,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control AWADDR", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME s_axi_control, PROTOCOL AXI4LITE, DATA_WIDTH 32, ADDR_WIDTH 12" *)
  input  wire [11:0] s_axi_control_awaddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control AWVALID" *)
  input  wire s_axi_control_awvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control AWREADY" *)
  output wire s_axi_control_awready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control WDATA" *)
  input  wire [31:0] s_axi_control_wdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control WSTRB" *)
  input  wire [3:0] s_axi_control_wstrb,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control WVALID" *)
  input  wire s_axi_control_wvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control WREADY" *)
  output wire s_axi_control_wready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control BRESP" *)
  output wire [1:0] s_axi_control_bresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control BVALID" *)
  output wire s_axi_control_bvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control BREADY" *)
  input  wire s_axi_control_bready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control ARADDR" *)
  input  wire [11:0] s_axi_control_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control ARVALID" *)
  input  wire s_axi_control_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control ARREADY" *)
  output wire s_axi_control_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control RDATA" *)
  output wire [31:0] s_axi_control_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control RRESP" *)
  output wire [1:0] s_axi_control_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control RVALID" *)
  output wire s_axi_control_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 s_axi_control RREADY" *)
  input  wire s_axi_control_rready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARADDR", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME m_axi_descriptors, PROTOCOL AXI4, READ_WRITE_MODE READ_ONLY, DATA_WIDTH 512, ADDR_WIDTH 64, ID_WIDTH 0, HAS_BURST 1, SUPPORTS_NARROW_BURST 0, MAX_BURST_LENGTH 8, NUM_READ_OUTSTANDING 2" *)
  output wire [63:0] m_axi_descriptors_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARLEN" *)
  output wire [7:0] m_axi_descriptors_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARSIZE" *)
  output wire [2:0] m_axi_descriptors_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARBURST" *)
  output wire [1:0] m_axi_descriptors_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARCACHE" *)
  output wire [3:0] m_axi_descriptors_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARPROT" *)
  output wire [2:0] m_axi_descriptors_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARVALID" *)
  output wire m_axi_descriptors_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors ARREADY" *)
  input  wire m_axi_descriptors_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors RDATA" *)
  input  wire [511:0] m_axi_descriptors_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors RRESP" *)
  input  wire [1:0] m_axi_descriptors_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors RLAST" *)
  input  wire m_axi_descriptors_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors RVALID" *)
  input  wire m_axi_descriptors_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_descriptors RREADY" *)
  output wire m_axi_descriptors_rready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARADDR", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME m_axi_rows_in, PROTOCOL AXI4, READ_WRITE_MODE READ_ONLY, DATA_WIDTH 512, ADDR_WIDTH 64, ID_WIDTH 0, HAS_BURST 1, SUPPORTS_NARROW_BURST 0, MAX_BURST_LENGTH 64, NUM_READ_OUTSTANDING 4" *)
  output wire [63:0] m_axi_rows_in_araddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARLEN" *)
  output wire [7:0] m_axi_rows_in_arlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARSIZE" *)
  output wire [2:0] m_axi_rows_in_arsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARBURST" *)
  output wire [1:0] m_axi_rows_in_arburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARCACHE" *)
  output wire [3:0] m_axi_rows_in_arcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARPROT" *)
  output wire [2:0] m_axi_rows_in_arprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARVALID" *)
  output wire m_axi_rows_in_arvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in ARREADY" *)
  input  wire m_axi_rows_in_arready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in RDATA" *)
  input  wire [511:0] m_axi_rows_in_rdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in RRESP" *)
  input  wire [1:0] m_axi_rows_in_rresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in RLAST" *)
  input  wire m_axi_rows_in_rlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in RVALID" *)
  input  wire m_axi_rows_in_rvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_in RREADY" *)
  output wire m_axi_rows_in_rready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWADDR", X_INTERFACE_PARAMETER = "XIL_INTERFACENAME m_axi_rows_out, PROTOCOL AXI4, READ_WRITE_MODE WRITE_ONLY, DATA_WIDTH 256, ADDR_WIDTH 64, ID_WIDTH 0, HAS_BURST 1, SUPPORTS_NARROW_BURST 0, MAX_BURST_LENGTH 128, NUM_WRITE_OUTSTANDING 16" *)
  output wire [63:0] m_axi_rows_out_awaddr,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWLEN" *)
  output wire [7:0] m_axi_rows_out_awlen,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWSIZE" *)
  output wire [2:0] m_axi_rows_out_awsize,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWBURST" *)
  output wire [1:0] m_axi_rows_out_awburst,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWCACHE" *)
  output wire [3:0] m_axi_rows_out_awcache,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWPROT" *)
  output wire [2:0] m_axi_rows_out_awprot,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWVALID" *)
  output wire m_axi_rows_out_awvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out AWREADY" *)
  input  wire m_axi_rows_out_awready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out WDATA" *)
  output wire [255:0] m_axi_rows_out_wdata,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out WSTRB" *)
  output wire [31:0] m_axi_rows_out_wstrb,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out WLAST" *)
  output wire m_axi_rows_out_wlast,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out WVALID" *)
  output wire m_axi_rows_out_wvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out WREADY" *)
  input  wire m_axi_rows_out_wready,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out BRESP" *)
  input  wire [1:0] m_axi_rows_out_bresp,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out BVALID" *)
  input  wire m_axi_rows_out_bvalid,
  (* X_INTERFACE_INFO = "xilinx.com:interface:aximm:1.0 m_axi_rows_out BREADY" *)
  output wire m_axi_rows_out_bready
);
  reg [1:0] reset;
  always @(posedge ap_clk) reset <= {reset[0], ~ap_rst_n};

  fastmamba_quantizer kernel (
    .clk(ap_clk),
    .rst(reset[1]),
    .interrupt(interrupt),
    .s_axi_control_awaddr(s_axi_control_awaddr),
    .s_axi_control_awvalid(s_axi_control_awvalid),
    .s_axi_control_awready(s_axi_control_awready),
    .s_axi_control_wdata(s_axi_control_wdata),
    .s_axi_control_wstrb(s_axi_control_wstrb),
    .s_axi_control_wvalid(s_axi_control_wvalid),
    .s_axi_control_wready(s_axi_control_wready),
    .s_axi_control_bresp(s_axi_control_bresp),
    .s_axi_control_bvalid(s_axi_control_bvalid),
    .s_axi_control_bready(s_axi_control_bready),
    .s_axi_control_araddr(s_axi_control_araddr),
    .s_axi_control_arvalid(s_axi_control_arvalid),
    .s_axi_control_arready(s_axi_control_arready),
    .s_axi_control_rdata(s_axi_control_rdata),
    .s_axi_control_rresp(s_axi_control_rresp),
    .s_axi_control_rvalid(s_axi_control_rvalid),
    .s_axi_control_rready(s_axi_control_rready),
    .m_axi_descriptors_araddr(m_axi_descriptors_araddr),
    .m_axi_descriptors_arlen(m_axi_descriptors_arlen),
    .m_axi_descriptors_arsize(m_axi_descriptors_arsize),
    .m_axi_descriptors_arburst(m_axi_descriptors_arburst),
    .m_axi_descriptors_arcache(m_axi_descriptors_arcache),
    .m_axi_descriptors_arprot(m_axi_descriptors_arprot),
    .m_axi_descriptors_arvalid(m_axi_descriptors_arvalid),
    .m_axi_descriptors_arready(m_axi_descriptors_arready),
    .m_axi_descriptors_rdata(m_axi_descriptors_rdata),
    .m_axi_descriptors_rresp(m_axi_descriptors_rresp),
    .m_axi_descriptors_rlast(m_axi_descriptors_rlast),
    .m_axi_descriptors_rvalid(m_axi_descriptors_rvalid),
    .m_axi_descriptors_rready(m_axi_descriptors_rready),
    .m_axi_rows_in_araddr(m_axi_rows_in_araddr),
    .m_axi_rows_in_arlen(m_axi_rows_in_arlen),
    .m_axi_rows_in_arsize(m_axi_rows_in_arsize),
    .m_axi_rows_in_arburst(m_axi_rows_in_arburst),
    .m_axi_rows_in_arcache(m_axi_rows_in_arcache),
    .m_axi_rows_in_arprot(m_axi_rows_in_arprot),
    .m_axi_rows_in_arvalid(m_axi_rows_in_arvalid),
    .m_axi_rows_in_arready(m_axi_rows_in_arready),
    .m_axi_rows_in_rdata(m_axi_rows_in_rdata),
    .m_axi_rows_in_rresp(m_axi_rows_in_rresp),
    .m_axi_rows_in_rlast(m_axi_rows_in_rlast),
    .m_axi_rows_in_rvalid(m_axi_rows_in_rvalid),
    .m_axi_rows_in_rready(m_axi_rows_in_rready),
    .m_axi_rows_out_awaddr(m_axi_rows_out_awaddr),
    .m_axi_rows_out_awlen(m_axi_rows_out_awlen),
    .m_axi_rows_out_awsize(m_axi_rows_out_awsize),
    .m_axi_rows_out_awburst(m_axi_rows_out_awburst),
    .m_axi_rows_out_awcache(m_axi_rows_out_awcache),
    .m_axi_rows_out_awprot(m_axi_rows_out_awprot),
    .m_axi_rows_out_awvalid(m_axi_rows_out_awvalid),
    .m_axi_rows_out_awready(m_axi_rows_out_awready),
    .m_axi_rows_out_wdata(m_axi_rows_out_wdata),
    .m_axi_rows_out_wstrb(m_axi_rows_out_wstrb),
    .m_axi_rows_out_wlast(m_axi_rows_out_wlast),
    .m_axi_rows_out_wvalid(m_axi_rows_out_wvalid),
    .m_axi_rows_out_wready(m_axi_rows_out_wready),
    .m_axi_rows_out_bresp(m_axi_rows_out_bresp),
    .m_axi_rows_out_bvalid(m_axi_rows_out_bvalid),
    .m_axi_rows_out_bready(m_axi_rows_out_bready)
  );
endmodule
