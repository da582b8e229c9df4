// p = a * b + BIAS, low P_WIDTH bits, STAGES enabled cycles later. Without a reset: all registers are those inside DSP48E1 blocks.
// STAGES = 3: one block (25 x 18 bits or less): registers before the multiplier, after it and after the adder, which adds BIAS.
// STAGES = 4: for an operand that is wider. It is cut into pieces; the lowest one is multiplied first, and a block adds what the
// one before it carries over. Two pieces are two blocks in a cascade.

module dsp_multiplier #(
  parameter int A_WIDTH = 25,
  parameter int B_WIDTH = 18,
  parameter int P_WIDTH = 43,
  parameter int STAGES = 3,
  parameter BIAS = 0  // a signed constant of any width up to P_WIDTH
) (
  input  logic                      clk,
  input  logic                      en,
  input  logic signed [A_WIDTH-1:0] a,
  input  logic signed [B_WIDTH-1:0] b,
  output logic signed [P_WIDTH-1:0] p
);
  localparam int FULL_WIDTH = A_WIDTH + B_WIDTH;

  // The operand that is cut, where that gives two pieces: at 17 bits when the other one takes the wide side of the block, else at 24.
  localparam bit CUT_A = A_WIDTH > B_WIDTH;
  localparam int X_WIDTH = CUT_A ? A_WIDTH : B_WIDTH;
  localparam int Y_WIDTH = CUT_A ? B_WIDTH : A_WIDTH;
  localparam int CUT = Y_WIDTH <= 18 && X_WIDTH > 35 ? 24 : 17;
  localparam int PIECES = X_WIDTH - CUT <= (CUT == 17 ? 18 : 25) && Y_WIDTH <= (CUT == 17 ? 25 : 18) ? 2 : 4;

  if (STAGES == 3) begin : one
    localparam int M_WIDTH = P_WIDTH < FULL_WIDTH ? P_WIDTH : FULL_WIDTH;
    logic signed [A_WIDTH-1:0] a_register;
    logic signed [B_WIDTH-1:0] b_register;
    logic signed [M_WIDTH-1:0] m_register;
    logic signed [P_WIDTH-1:0] p_register;
    always_ff @(posedge clk)
      if (en) begin
        a_register <= a;
        b_register <= b;
        m_register <= M_WIDTH'(a_register) * M_WIDTH'(b_register);
        p_register <= P_WIDTH'(m_register) + P_WIDTH'(BIAS);
      end
    assign p = p_register;
    // A short result leaves upper bits.
    wire unused_upper = ^{a_register, b_register};
  end else if (PIECES == 2 && P_WIDTH > CUT) begin : two
    logic signed [X_WIDTH-1:0] x;  // is cut: its low part, CUT bits, is unsigned
    logic signed [Y_WIDTH-1:0] y;
    if (CUT_A) begin : operands
      assign x = a;
      assign y = b;
    end else begin : operands
      assign x = b;
      assign y = a;
    end

    localparam int LOW_WIDTH = 64'(BIAS) >= -(64'sd1 << 45) && 64'(BIAS) < (64'sd1 << 45) ? 48 : P_WIDTH > 48 ? P_WIDTH : 48;
    logic signed [CUT:0] low_x;
    logic signed [Y_WIDTH-1:0] low_y;
    logic signed [CUT+Y_WIDTH:0] low_m;
    logic signed [LOW_WIDTH-1:0] low_p;
    logic signed [X_WIDTH-CUT-1:0] high_x, high_x_next;
    logic signed [Y_WIDTH-1:0] high_y, high_y_next;
    logic signed [FULL_WIDTH-CUT-1:0] high_m;
    logic signed [P_WIDTH-CUT-1:0] high_p;
    logic [CUT-1:0] low_result;
    always_ff @(posedge clk)
      if (en) begin
        low_x <= {1'b0, x[CUT-1:0]};
        low_y <= y;
        high_x <= x[X_WIDTH-1:CUT];
        high_y <= y;
        // Second stage.
        low_m <= (CUT + Y_WIDTH + 1)'(low_x) * (CUT + Y_WIDTH + 1)'(low_y);
        high_x_next <= high_x;
        high_y_next <= high_y;
        // Third stage.
        low_p <= LOW_WIDTH'(low_m) + LOW_WIDTH'(BIAS);
        high_m <= (FULL_WIDTH - CUT)'(high_x_next) * (FULL_WIDTH - CUT)'(high_y_next);
        // Fourth stage.
        high_p <= (P_WIDTH - CUT)'(high_m) + (P_WIDTH - CUT)'(low_p >>> CUT);
        low_result <= low_p[CUT-1:0];
      end
    assign p = {high_p, low_result};
    wire unused_upper = ^{high_x_next, high_y_next, high_m, low_m, low_p};
  end else begin : many
    logic signed [A_WIDTH-1:0] a_register;
    logic signed [B_WIDTH-1:0] b_register;
    logic signed [P_WIDTH-1:0] m_register, p_register, late_register;
    always_ff @(posedge clk)
      if (en) begin
        a_register <= a;
        b_register <= b;
        m_register <= P_WIDTH'(a_register) * P_WIDTH'(b_register);
        p_register <= m_register + P_WIDTH'(BIAS);
        late_register <= p_register;
      end
    assign p = late_register;
    wire unused_upper = ^{a_register, b_register};
  end
endmodule
