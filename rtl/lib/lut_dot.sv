// p = sum of TERMS products a * b, ceil(TERMS / 2) + 1 enabled cycles later, in LUTs, never in DSP blocks.
//
// Radix-4 Booth rows, as in lut_multiplier: each pair of bits of b, with the bit below, picks -2a, -a, 0, a or 2a. Here a row adds its pick
// to that of the same row of the product before, two products a cycle; the rows are brought together once, at the end. Per bit one LUT with
// six inputs that feeds a carry chain. Simulation and other tools see the same registers with plain products.

module lut_dot #(
  parameter int TERMS = 4,
  parameter int A_WIDTH = 8,
  parameter int B_WIDTH = 8,
  parameter int P_WIDTH = 18
) (
  input  logic                      clk,
  input  logic                      en,
  input  logic [TERMS*A_WIDTH-1:0]  a,
  input  logic [TERMS*B_WIDTH-1:0]  b,
  output logic signed [P_WIDTH-1:0] p
);
`ifdef SYNTHESIS
  localparam int PAIRS = (B_WIDTH + 3) / 4;
  localparam int ROWS = 2 * PAIRS;
  localparam int MOST_WIDTH = $clog2(TERMS * 2 ** A_WIDTH + 1) + 1;

  // Each row's sum so far: after the term of an even place combinational, after an odd one in a register.
  for (genvar k = 0; k < TERMS; k++) begin : term
    localparam int WIDTH = $clog2((k + 1) * 2 ** A_WIDTH + 1) + 1;  // k + 1 picks of up to 2a
    logic [A_WIDTH-1:0] x;
    logic [B_WIDTH-1:0] y;
    delay #(.WIDTH(A_WIDTH), .CYCLES(k / 2)) a_waits (.clk, .en, .in(a[k*A_WIDTH+:A_WIDTH]), .out(x));
    delay #(.WIDTH(B_WIDTH), .CYCLES(k / 2)) b_waits (.clk, .en, .in(b[k*B_WIDTH+:B_WIDTH]), .out(y));
    logic [A_WIDTH+1:0] doubled;
    assign doubled = {x[A_WIDTH-1], x, 1'b0};
    // A zero below the lowest bit, the sign above the highest.
    logic [2*ROWS:0] digits;
    assign digits = {{2 * ROWS - B_WIDTH{y[B_WIDTH-1]}}, y, 1'b0};
    for (genvar r = 0; r < ROWS; r++) begin : row
      logic [2:0] digit;
      assign digit = digits[2*r+:3];
      logic once, twice;
      assign once = digit[1] ^ digit[0];
      assign twice = digit[2] != digit[1] && !once;
      // Negative picks are complemented here; the one that they lack comes in below the sum, as a carry.
      logic [WIDTH-1:0] pick;
      for (genvar i = 0; i < WIDTH; i++) begin : place
        localparam int AT = i < A_WIDTH + 1 ? i : A_WIDTH + 1;
        localparam int UP = i < A_WIDTH ? i + 1 : A_WIDTH + 1;
        assign pick[i] = digit[2] ^ (once && doubled[UP] || twice && doubled[AT]);
      end
      logic [WIDTH-1:0] below, sum, held;
      logic carried;
      if (k == 0) assign below = '0;
      else assign below = WIDTH'($signed(term[k-1].row[r].held));
      assign {sum, carried} = {below, 1'b1} + {pick, digit[2]};
      if (k % 2 == 1 || k == TERMS - 1) begin : stage
        always_ff @(posedge clk) if (en) held <= sum;
      end else begin : stage
        assign held = sum;
      end
      wire unused_carried = carried;
    end
  end

  // Pairs of rows, a stage before their sum.
  for (genvar g = 0; g < PAIRS; g++) begin : pair
    localparam int WIDTH = MOST_WIDTH + 3;
    logic signed [WIDTH-1:0] sum, held;
    assign sum = WIDTH'($signed(term[TERMS-1].row[2*g].held)) + (WIDTH'($signed(term[TERMS-1].row[2*g+1].held)) << 2);
    always_ff @(posedge clk) if (en) held <= sum;
    logic signed [P_WIDTH-1:0] total;  // of this pair and those below
    if (g == 0) assign total = P_WIDTH'(held);
    else assign total = pair[g-1].total + (P_WIDTH'(held) << (4 * g));
  end
  assign p = pair[PAIRS-1].total;
`else
  for (genvar k = 0; k < TERMS; k++) begin : term
    logic signed [A_WIDTH-1:0] x;
    logic signed [B_WIDTH-1:0] y;
    delay #(.WIDTH(A_WIDTH), .CYCLES(k / 2)) a_waits (.clk, .en, .in(a[k*A_WIDTH+:A_WIDTH]), .out(x));
    delay #(.WIDTH(B_WIDTH), .CYCLES(k / 2)) b_waits (.clk, .en, .in(b[k*B_WIDTH+:B_WIDTH]), .out(y));
    (* use_dsp = "no" *) logic signed [P_WIDTH-1:0] product;
    logic signed [P_WIDTH-1:0] sum, held;
    assign product = P_WIDTH'(x) * P_WIDTH'(y);
    if (k == 0) assign sum = product;
    else assign sum = product + term[k-1].held;
    if (k % 2 == 1 || k == TERMS - 1) begin : stage
      always_ff @(posedge clk) if (en) held <= sum;
    end else begin : stage
      assign held = sum;
    end
  end
  always_ff @(posedge clk) if (en) p <= term[TERMS-1].held;
`endif
endmodule
