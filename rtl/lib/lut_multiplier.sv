// p = a * b, low P_WIDTH bits (where there are more, extended with its sign), combinational and in LUTs, never in a DSP block.
//
// Yosys takes a DSP block for any product that it sees as one, so for its synthesis the product is written out: radix-4 Booth rows.
// Each pair of bits of b, with the bit below, picks -2a, -a, 0, a or 2a and adds it to the row before: per bit one LUT with six
// inputs that feeds a carry chain. Pairs of rows stand side by side. Simulation and other tools see the plain product.

module lut_multiplier #(
  parameter int A_WIDTH = 8,
  parameter int A_SIGNED = 1,
  parameter int B_WIDTH = 8,
  parameter int B_SIGNED = 1,
  parameter int P_WIDTH = 16
) (
  input  logic [A_WIDTH-1:0] a,
  input  logic [B_WIDTH-1:0] b,
  output logic [P_WIDTH-1:0] p
);
`ifdef YOSYS
`ifdef SYNTHESIS
`define LUT_MULTIPLIER_ROWS
`endif
`endif

`ifdef LUT_MULTIPLIER_ROWS
  localparam int ROWS = (B_WIDTH + (B_SIGNED != 0 ? 1 : 2)) / 2;
  localparam int PAIRS = (ROWS + 1) / 2;
  localparam int TERM_WIDTH = A_WIDTH + 3;  // 2a, its sign, and room for a sum
  localparam int PAIR_WIDTH = TERM_WIDTH + 2;

  logic a_sign, b_sign;
  assign a_sign = A_SIGNED != 0 && a[A_WIDTH-1];
  assign b_sign = B_SIGNED != 0 && b[B_WIDTH-1];
  logic [A_WIDTH+1:0] doubled;
  assign doubled = {a_sign, a, 1'b0};

  // A zero below b's lowest bit, its sign above the highest.
  logic [4*PAIRS:0] digits;
  assign digits = {{4 * PAIRS - B_WIDTH{b_sign}}, b, 1'b0};

  for (genvar r = 0; r < 2 * PAIRS; r++) begin : row
    logic [2:0] digit;
    assign digit = digits[2*r+:3];
    logic once, twice;
    assign once = digit[1] ^ digit[0];
    assign twice = digit[2] != digit[1] && !once;
    // Negative terms are complemented here; the one that they lack comes in below the sum, as a carry.
    logic [TERM_WIDTH-1:0] term;
    for (genvar i = 0; i < TERM_WIDTH; i++) begin : place
      localparam int AT = i < A_WIDTH + 1 ? i : A_WIDTH + 1;
      localparam int UP = i < A_WIDTH ? i + 1 : A_WIDTH + 1;
      assign term[i] = digit[2] ^ (once && doubled[UP] || twice && doubled[AT]);
    end
    logic [TERM_WIDTH-1:0] below, sum;
    logic carried;
    if (r % 2 == 0) assign below = '0;
    else assign below = {{2{row[r-1].sum[TERM_WIDTH-1]}}, row[r-1].sum[TERM_WIDTH-1:2]};
    assign {sum, carried} = {below, 1'b1} + {term, digit[2]};
  end

  for (genvar g = 0; g < PAIRS; g++) begin : pair
    logic signed [PAIR_WIDTH-1:0] product;  // of a and four bits of b
    assign product = {row[2*g+1].sum, row[2*g].sum[1:0]};
    logic signed [P_WIDTH-1:0] sum;         // of this pair and those below
    if (g == 0) assign sum = P_WIDTH'(product);
    else if (4 * g < P_WIDTH) begin : upper
      assign sum[4*g-1:0] = pair[g-1].sum[4*g-1:0];
      localparam int REST = P_WIDTH - 4 * g;
      logic dropped;
      assign {sum[P_WIDTH-1:4*g], dropped} = {pair[g-1].sum[P_WIDTH-1:4*g], 1'b1} + {REST'(product), 1'b0};
    end else assign sum = pair[g-1].sum;
  end
  assign p = pair[PAIRS-1].sum;
`else
  // Operands extended to the product's width: the low bits of a product do not depend on more.
  (* use_dsp = "no" *) logic [P_WIDTH-1:0] product;
  logic [P_WIDTH-1:0] x, y;
  if (A_SIGNED != 0) assign x = P_WIDTH'($signed(a));
  else assign x = P_WIDTH'(a);
  if (B_SIGNED != 0) assign y = P_WIDTH'($signed(b));
  else assign y = P_WIDTH'(b);
  assign product = x * y;
  assign p = product;
  // Above P_WIDTH.
  wire unused_upper = ^{a, b};
`endif
endmodule
