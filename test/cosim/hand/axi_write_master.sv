// One burst at a time, up to the next 4 KiB border; data pass through.
module axi_write_master #(parameter int WIDTH = 64) (
  input logic clk, input logic rst, input logic [63:0] base, output logic idle,
  input logic request_valid, output logic request_ready, input logic [31:0] request_word, input logic [31:0] request_words,
  input logic [WIDTH-1:0] data, input logic valid, output logic ready,
  output logic [63:0] awaddr, output logic [7:0] awlen, output logic [2:0] awsize, output logic [1:0] awburst,
  output logic [3:0] awcache, output logic [2:0] awprot, output logic awvalid, input logic awready,
  output logic [WIDTH-1:0] wdata, output logic [WIDTH/8-1:0] wstrb, output logic wlast, output logic wvalid, input logic wready,
  input logic [1:0] bresp, input logic bvalid, output logic bready
);
  localparam int SHIFT = $clog2(WIDTH / 8);
  logic [63:0] address;
  logic [31:0] left;
  logic [8:0] burst;
  logic answering;
  logic failed;
  wire [12:0] to_border = (13'h1000 - {1'b0, address[11:0]}) >> SHIFT;
  wire [31:0] most = 32'(to_border) < 32'd256 ? 32'(to_border) : 32'd256;
  wire [31:0] beats = left < most ? left : most;
  assign idle = left == 0 && burst == 0 && !answering && !failed;
  assign request_ready = idle;
  assign awvalid = left != 0 && burst == 0 && !answering;
  assign awaddr = address;
  assign awlen = 8'(beats - 1);
  assign awsize = 3'(SHIFT);
  assign awburst = 2'b01;
  assign awcache = 4'b0011;
  assign awprot = 3'b000;
  assign wdata = data;
  assign wstrb = '1;
  assign wvalid = valid && burst != 0;
  assign wlast = burst == 1;
  assign ready = wready && burst != 0;
  assign bready = answering;
  always_ff @(posedge clk) begin
    if (request_valid && request_ready) begin
      address <= base + (64'(request_word) << SHIFT);
      left <= request_words;
    end
    if (awvalid && awready) begin
      burst <= 9'(beats);
      address <= address + (64'(beats) << SHIFT);
      left <= left - beats;
    end
    if (wvalid && wready) begin
      burst <= burst - 1'b1;
      if (wlast) answering <= 1'b1;
    end
    if (bvalid && bready) answering <= 1'b0;
    if (bvalid && bresp != 0) failed <= 1'b1;
    if (rst) begin
      left <= '0;
      burst <= '0;
      answering <= 1'b0;
      failed <= 1'b0;
    end
  end
endmodule
