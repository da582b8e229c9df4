// The input of CYCLES enabled cycles ago. Without a reset, so that it becomes shift registers in LUTs (SRL16E, SRLC32E).
module delay #(
  parameter int WIDTH = 1,
  parameter int CYCLES = 1
) (
  input  logic             clk,
  input  logic             en,
  input  logic [WIDTH-1:0] in,
  output logic [WIDTH-1:0] out
);
  if (CYCLES == 0) begin : none
    logic unused;
    assign unused = clk & en;
    assign out = in;
  end else begin : line
    for (genvar i = 0; i < CYCLES; i++) begin : step
      logic [WIDTH-1:0] value;
      if (i == 0) begin : first
        always_ff @(posedge clk) if (en) value <= in;
      end else begin : next
        always_ff @(posedge clk) if (en) value <= step[i-1].value;
      end
    end
    assign out = step[CYCLES-1].value;
  end
endmodule
