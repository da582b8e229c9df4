// A FIFO of wide words: slices of at most SLICE bits, each with pointers and flags of its own, so that none of them drives a whole word.
// All slices go through the same states; the first one speaks for all.
module wide_fifo #(
  parameter int WIDTH = 1024,
  parameter int SLICE = 576,
  parameter int DEPTH = 2,
  parameter STORAGE = "registers",
  parameter bit RESERVED = 1'b0,
  parameter int ID = 0
) (
  input  logic             clk,
  input  logic             rst,
  input  logic [WIDTH-1:0] in_data,
  input  logic             in_reserve,
  input  logic             in_valid,
  output logic             in_ready,
  output logic [WIDTH-1:0] out_data,
  output logic             out_valid,
  input  logic             out_ready
);
  localparam int SLICES = (WIDTH + SLICE - 1) / SLICE;
  logic [SLICES-1:0] ready, valid;
  for (genvar i = 0; i < SLICES; ++i) begin : slice
    localparam int BITS = i < SLICES - 1 ? SLICE : WIDTH - SLICE * (SLICES - 1);
    (* dont_touch = "true" *)
    fifo #(.WIDTH(BITS), .DEPTH(DEPTH), .STORAGE(STORAGE), .RESERVED(RESERVED), .ID(ID)) part (
      .clk, .rst, .in_reserve, .in_data(in_data[SLICE*i +: BITS]), .in_valid, .in_ready(ready[i]),
      .out_data(out_data[SLICE*i +: BITS]), .out_valid(valid[i]), .out_ready
    );
  end
  assign in_ready = ready[0];
  assign out_valid = valid[0];
  wire unused_flags = ^{ready, valid};
endmodule
