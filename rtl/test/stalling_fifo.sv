// In place of lib/fifo.sv in tests: the same words in the same order, never more than DEPTH, but both ends stall at random. An end
// that has said that it is ready, or has shown a word, stays with that until the transfer, as AXI asks of what it drives.
// Every instance has random numbers of its own, which run on while rst is high: another number of reset cycles is another run.
// Takes the place of fifo.sv.
// verilator lint_off DECLFILENAME
module fifo #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 2,
  // verilator lint_off UNUSEDPARAM
  parameter STORAGE = "registers",  // makes no difference here
  // verilator lint_on UNUSEDPARAM
  parameter bit RESERVED = 1'b0,
  parameter int ID = 0              // makes the random numbers of instances differ
) (
  input  logic             clk,
  input  logic             rst,
  input  logic [WIDTH-1:0] in_data,
  input  logic             in_reserve,
  input  logic             in_valid,
  output logic             in_ready,
  output logic [WIDTH-1:0] out_data,
  output logic             out_valid,
  input  logic             out_ready
);
  localparam int FILL_BITS = $clog2(DEPTH + 1);
  localparam int BITS = $clog2(DEPTH);
  // Any value but 0, far apart for parameters that are close; the slices of a wide FIFO stall together.
  localparam logic [31:0] MIXED = (32'(ID) + 32'd1) * 32'h9e3779b1 ^ 32'(DEPTH) * 32'hc2b2ae35;
  localparam logic [31:0] SEED = MIXED == 32'd0 ? 32'd1 : MIXED;

  // Linear feedback over the whole word each cycle (xorshift), so that values of neighbouring cycles have nothing to do with each other.
  logic [31:0] random = SEED;
  logic [31:0] mixed_left, mixed_right;
  assign mixed_left = random ^ (random << 13);
  assign mixed_right = mixed_left ^ (mixed_left >> 17);
  always_ff @(posedge clk) random <= mixed_right ^ (mixed_right << 5);

  // Each end stalls in 0, 2, 8 or 15 of 16 cycles; that changes every 64 cycles on average.
  logic [1:0] in_pace, out_pace;
  always_ff @(posedge clk)
    if (random[31:26] == 6'd0) begin
      in_pace <= random[1:0];
      out_pace <= random[3:2];
    end
  function automatic logic stalls(input logic [1:0] pace, input logic [3:0] draw);
    case (pace)
      2'd0: stalls = 1'b0;
      2'd1: stalls = draw < 4'd2;
      2'd2: stalls = draw[0];
      default: stalls = draw != 4'd0;
    endcase
  endfunction

  logic [WIDTH-1:0] memory [DEPTH];
  logic [BITS-1:0] write_at, read_at;
  logic [FILL_BITS-1:0] fill, next_fill;    // words inside
  logic [FILL_BITS-1:0] taken, next_taken;  // and those on their way
  logic push, pop, take;
  assign take = RESERVED ? in_reserve : push;
  assign push = in_valid && (RESERVED || in_ready);
  assign pop = out_valid && out_ready;
  assign next_fill = fill + FILL_BITS'(push) - FILL_BITS'(pop);
  assign next_taken = taken + FILL_BITS'(take) - FILL_BITS'(pop);
  assign out_data = memory[read_at];

  always_ff @(posedge clk) begin
    if (rst) begin
      fill <= '0;
      taken <= '0;
      in_ready <= 1'b0;
      out_valid <= 1'b0;
      write_at <= '0;
      read_at <= '0;
    end else begin
      fill <= next_fill;
      taken <= next_taken;
      if (take || !in_ready) in_ready <= next_taken != FILL_BITS'(DEPTH) && !stalls(in_pace, random[11:8]);
      if (pop || !out_valid) out_valid <= next_fill != '0 && !stalls(out_pace, random[19:16]);
      if (push) write_at <= write_at == BITS'(DEPTH - 1) ? '0 : write_at + 1'b1;
      if (pop) read_at <= read_at == BITS'(DEPTH - 1) ? '0 : read_at + 1'b1;
    end
    if (push) memory[write_at] <= in_data;
  end
endmodule
