// p = (a + d) * b + BIAS, low P_WIDTH bits, three enabled cycles later, in one DSP48E1: registers after its
// first adder (25 bits), after the multiplier (25 x 18 bits) and after its last adder. Without a reset: all registers are inside the block.
module dsp_add_multiplier #(
  parameter int A_WIDTH = 24,
  parameter int D_WIDTH = 24,
  parameter int SUM_WIDTH = 25,
  parameter int B_WIDTH = 18,
  parameter int P_WIDTH = 43,
  parameter BIAS = 0  // a signed constant of any width up to P_WIDTH
) (
  input  logic                      clk,
  input  logic                      en,
  input  logic signed [A_WIDTH-1:0] a,
  input  logic signed [D_WIDTH-1:0] d,
  input  logic signed [B_WIDTH-1:0] b,
  output logic signed [P_WIDTH-1:0] p
);
  localparam int FULL_WIDTH = SUM_WIDTH + B_WIDTH;
  localparam int M_WIDTH = P_WIDTH < FULL_WIDTH ? P_WIDTH : FULL_WIDTH;
  logic signed [SUM_WIDTH-1:0] sum_register;
  logic signed [B_WIDTH-1:0] b_register;
  logic signed [M_WIDTH-1:0] m_register;
  logic signed [P_WIDTH-1:0] p_register;
  always_ff @(posedge clk)
    if (en) begin
      sum_register <= SUM_WIDTH'(a) + SUM_WIDTH'(d);
      b_register <= b;
      m_register <= M_WIDTH'(sum_register) * M_WIDTH'(b_register);
      p_register <= P_WIDTH'(m_register) + P_WIDTH'(BIAS);
    end
  assign p = p_register;
endmodule
