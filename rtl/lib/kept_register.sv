// A register that stays what it is: a module of its own, so that no tool makes it one with an equal register or its enable a part of
// the logic before it.
module kept_register #(
  parameter int WIDTH = 1
) (
  input  logic             clk,
  input  logic             en,
  input  logic [WIDTH-1:0] in,
  output logic [WIDTH-1:0] out
);
  always_ff @(posedge clk) if (en) out <= in;
endmodule
