// One burst at a time, up to the next 4 KiB border; data pass through.
module axi_read_master #(parameter int WIDTH = 64) (
  input logic clk, input logic rst, input logic [63:0] base,
  input logic request_valid, output logic request_ready, input logic [31:0] request_word, input logic [31:0] request_words,
  output logic [WIDTH-1:0] data, output logic valid, input logic ready,
  output logic [63:0] araddr, output logic [7:0] arlen, output logic [2:0] arsize, output logic [1:0] arburst,
  output logic [3:0] arcache, output logic [2:0] arprot, output logic arvalid, input logic arready,
  input logic [WIDTH-1:0] rdata, input logic [1:0] rresp, input logic rlast, input logic rvalid, output logic rready
);
  localparam int SHIFT = $clog2(WIDTH / 8);
  logic [63:0] address;
  logic [31:0] left;
  logic reading;
  logic failed;
  wire [12:0] to_border = (13'h1000 - {1'b0, address[11:0]}) >> SHIFT;
  wire [31:0] most = 32'(to_border) < 32'd256 ? 32'(to_border) : 32'd256;
  wire [31:0] beats = left < most ? left : most;
  assign request_ready = left == 0 && !reading;
  assign arvalid = left != 0 && !reading;
  assign araddr = address;
  assign arlen = 8'(beats - 1);
  assign arsize = 3'(SHIFT);
  assign arburst = 2'b01;
  assign arcache = 4'b0011;
  assign arprot = 3'b000;
  assign data = rdata;
  assign valid = rvalid && !failed;
  assign rready = ready;
  always_ff @(posedge clk) begin
    if (request_valid && request_ready) begin
      address <= base + (64'(request_word) << SHIFT);
      left <= request_words;
    end
    if (arvalid && arready) begin
      reading <= 1'b1;
      address <= address + (64'(beats) << SHIFT);
      left <= left - beats;
    end
    if (rvalid && rready && rlast) reading <= 1'b0;
    if (rvalid && rresp != 0) failed <= 1'b1;
    if (rst) begin
      left <= '0;
      reading <= 1'b0;
      failed <= 1'b0;
    end
  end
endmodule
