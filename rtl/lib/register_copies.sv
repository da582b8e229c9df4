// A value in COPIES equal registers, each of which drives a share of what it steers: a net has few loads then.
module register_copies #(
  parameter int WIDTH = 1,
  parameter int COPIES = 2
) (
  input  logic                    clk,
  input  logic                    en,
  input  logic [WIDTH-1:0]        in,
  output logic [COPIES*WIDTH-1:0] out
);
  for (genvar i = 0; i < COPIES; ++i) begin : copy
    (* dont_touch = "true" *)
    kept_register #(.WIDTH(WIDTH)) one (.clk, .en, .in, .out(out[WIDTH*i +: WIDTH]));
  end
endmodule
