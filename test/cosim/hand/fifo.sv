// Holds DEPTH words; written in c, readable in c+1.
module fifo #(
  parameter int WIDTH = 8, parameter int DEPTH = 2, parameter STORAGE = "registers"
) (
  input logic clk, input logic rst,
  input logic [WIDTH-1:0] in_data, input logic in_reserve, input logic in_valid, output logic in_ready,
  output logic [WIDTH-1:0] out_data, output logic out_valid, input logic out_ready
);
  localparam int COUNT = $clog2(DEPTH + 1);
  localparam int AT = DEPTH > 1 ? $clog2(DEPTH) : 1;
  logic [WIDTH-1:0] words [DEPTH];
  logic [COUNT-1:0] fill;
  logic [AT-1:0] head, tail;
  /* verilator lint_off UNUSEDPARAM */
  localparam UNUSED = STORAGE;
  /* verilator lint_on UNUSEDPARAM */
  assign in_ready = fill != COUNT'(DEPTH);
  assign out_valid = fill != 0;
  assign out_data = words[head];
  wire push = in_valid && in_ready;
  wire unused = in_reserve;  // places come with their words
  wire pop = out_valid && out_ready;
  always_ff @(posedge clk) begin
    if (push) begin
      words[tail] <= in_data;
      tail <= tail == AT'(DEPTH - 1) ? '0 : tail + 1'b1;
    end
    if (pop) head <= head == AT'(DEPTH - 1) ? '0 : head + 1'b1;
    fill <= fill + COUNT'(push) - COUNT'(pop);
    if (rst) begin
      fill <= '0;
      head <= '0;
      tail <= '0;
    end
  end
endmodule
