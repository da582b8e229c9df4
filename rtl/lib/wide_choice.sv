// One of WRITERS wide words, that of the nest whose turn it is: slices of at most SLICE bits, each chosen by registers of its own. A turn
// begins with `enter`, at least a cycle before its first word.
module wide_choice #(
  parameter int WIDTH = 1024,
  parameter int SLICE = 576,
  parameter int WRITERS = 2
) (
  input  logic                     clk,
  input  logic [WRITERS-1:0]       enter,
  input  logic [WRITERS*WIDTH-1:0] in,
  output logic [WIDTH-1:0]         out
);
  localparam int SLICES = (WIDTH + SLICE - 1) / SLICE;
  wire [SLICES*WRITERS-1:0] turns;  // who writes now
  register_copies #(.WIDTH(WRITERS), .COPIES(SLICES)) whose (.clk, .en(|enter), .in(enter), .out(turns));
  for (genvar i = 0; i < SLICES; ++i) begin : slice
    localparam int BITS = i < SLICES - 1 ? SLICE : WIDTH - SLICE * (SLICES - 1);
    logic [BITS-1:0] chosen;
    always_comb begin
      chosen = '0;
      for (int w = 0; w < WRITERS; ++w)
        if (turns[WRITERS*i + w]) chosen |= in[WIDTH*w + SLICE*i +: BITS];
    end
    assign out[SLICE*i +: BITS] = chosen;
  end
endmodule
