// Leading zeros of a WIDTH-bit word, WIDTH where it is 0: in each step the upper half is looked at, and the lower one
// moved up where that is empty, so that the depth grows with the logarithm of WIDTH.
module leading_zeros #(
  parameter int WIDTH = 8,
  parameter int OUT_WIDTH = 4
) (
  input  logic [WIDTH-1:0]     in,
  output logic [OUT_WIDTH-1:0] out
);
  localparam int STEPS = $clog2(WIDTH + 1);
  localparam int ROOM = 1 << STEPS;

  // A one right below the word ends the count of an empty one.
  wire [ROOM-1:0] padded = ROOM'({in, 1'b1}) << (ROOM - WIDTH - 1);
  logic [STEPS-1:0] count;

  for (genvar step = 0; step < STEPS; ++step) begin : steps
    localparam int HALF = ROOM >> (step + 1);
    wire [2*HALF-1:0] word;
    if (step == 0) assign word = padded;
    else assign word = steps[step - 1].more.rest;
    wire empty = ~|word[2*HALF-1:HALF];
    assign count[STEPS - 1 - step] = empty;
    if (step < STEPS - 1) begin : more
      wire [HALF-1:0] rest = empty ? word[HALF-1:0] : word[2*HALF-1:HALF];
    end else begin : last
      wire unused_end = word[0];  // the one that was put there
    end
  end
  assign out = OUT_WIDTH'(count);
endmodule
