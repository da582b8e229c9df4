// p = BIAS + c + sum of TERMS products a * b, low P_WIDTH bits, TERMS + 2 enabled cycles later, in TERMS DSP48E1 blocks (25 x 18 bits each):
// the adder after each multiplier adds what the block before it has (PCOUT to PCIN); that of the first block adds c (its C port) and BIAS.
// The factors of a block come a cycle after those of the one before. Without a reset: all registers but those of waiting factors are inside
// the blocks.
module dsp_dot #(
  parameter int TERMS = 4,
  parameter int A_WIDTH = 25,
  parameter int B_WIDTH = 18,
  parameter int C_WIDTH = 1,
  parameter int P_WIDTH = 45,
  parameter BIAS = 0  // a signed constant of any width up to P_WIDTH
) (
  input  logic                      clk,
  input  logic                      en,
  input  logic [TERMS*A_WIDTH-1:0]  a,
  input  logic [TERMS*B_WIDTH-1:0]  b,
  input  logic signed [C_WIDTH-1:0] c,
  output logic signed [P_WIDTH-1:0] p
);
  localparam int M_WIDTH = P_WIDTH < A_WIDTH + B_WIDTH ? P_WIDTH : A_WIDTH + B_WIDTH;
  // What the first block adds; its C register takes it with the multiplier's.
  logic signed [P_WIDTH-1:0] added;
  if (C_WIDTH > 1) begin : variable
    logic signed [C_WIDTH-1:0] c_waits, c_register;
    always_ff @(posedge clk)
      if (en) begin
        c_waits <= c;
        c_register <= c_waits;
      end
    assign added = P_WIDTH'(c_register) + P_WIDTH'(BIAS);
  end else begin : constant
    assign added = P_WIDTH'(BIAS);
    wire unused_c = c;
  end

  for (genvar k = 0; k < TERMS; k++) begin : term
    logic signed [A_WIDTH-1:0] a_register;
    logic signed [B_WIDTH-1:0] b_register;
    logic signed [M_WIDTH-1:0] m_register;
    logic signed [P_WIDTH-1:0] p_register;
    logic [A_WIDTH-1:0] a_now;
    logic [B_WIDTH-1:0] b_now;
    delay #(.WIDTH(A_WIDTH), .CYCLES(k)) a_waits (.clk, .en, .in(a[k*A_WIDTH+:A_WIDTH]), .out(a_now));
    delay #(.WIDTH(B_WIDTH), .CYCLES(k)) b_waits (.clk, .en, .in(b[k*B_WIDTH+:B_WIDTH]), .out(b_now));
    if (k == 0) begin : first
      always_ff @(posedge clk) if (en) p_register <= P_WIDTH'(m_register) + added;
    end else begin : next
      always_ff @(posedge clk) if (en) p_register <= P_WIDTH'(m_register) + term[k-1].p_register;
    end
    always_ff @(posedge clk)
      if (en) begin
        a_register <= a_now;
        b_register <= b_now;
        m_register <= M_WIDTH'(a_register) * M_WIDTH'(b_register);
      end
    // A short result leaves upper bits.
    wire unused_upper = ^{a_register, b_register};
  end
  assign p = term[TERMS-1].p_register;
endmodule
