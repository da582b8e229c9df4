// Mapping for Yosys: every addition and subtraction that is left when the DSP blocks are made becomes a carry chain of its own, as the vendor's
// tool builds it. Yosys itself would merge additions that follow each other into carry-save adders, of about twice as many look-up tables.
(* techmap_celltype = "$add $sub" *)
module addition_as_carry_chain (A, B, Y);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  parameter _TECHMAP_CELLTYPE_ = "";
  localparam IS_SUB = _TECHMAP_CELLTYPE_ == "$sub";

  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  (* force_downto *) output [Y_WIDTH-1:0] Y;
  wire [Y_WIDTH-1:0] unused_propagate, unused_carry;

  \$alu #(
    .A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED), .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)
  ) _TECHMAP_REPLACE_ (
    .A(A), .B(B), .BI(IS_SUB), .CI(IS_SUB), .X(unused_propagate), .Y(Y), .CO(unused_carry)
  );
endmodule
