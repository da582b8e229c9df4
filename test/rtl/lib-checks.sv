// Library modules beside plain models of them, under random stimulus. `bad` tells which group has differed since the reset.
// verilator lint_off DECLFILENAME
// verilator lint_off WIDTH
// verilator lint_off UNUSEDSIGNAL
module noise #(parameter int SEED = 1) (input logic clk, output logic [31:0] random);
  logic [31:0] state = 32'h9e3779b1 * (2 * SEED + 1);
  logic [31:0] left, right;
  assign left = state ^ (state << 13);
  assign right = left ^ (left >> 17);
  always_ff @(posedge clk) state <= right ^ (right << 5);
  assign random = state;
endmodule

module fifo_check #(parameter int DEPTH = 2, parameter STORAGE = "registers", parameter int SEED = 1)
  (input logic clk, rst, output logic bad, was_full, was_empty);
  localparam int WIDTH = 13;
  logic [31:0] random, cycles;
  noise #(SEED) noise (.clk, .random);
  logic [3:0] in_pace, out_pace;
  logic [WIDTH-1:0] out_data;
  logic in_valid, in_ready, out_valid, out_ready, must_stay;
  // Long phases that fill and empty it at full speed, short ones at random speeds.
  assign in_valid = cycles[13] ? !cycles[12] : random[3:0] <= in_pace && in_pace != 0;
  assign out_ready = cycles[13] ? cycles[12] : random[11:8] <= out_pace && out_pace != 0;
  fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH), .STORAGE(STORAGE), .ID(SEED)) dut (
    .clk, .rst, .in_data(random[31-:WIDTH]), .in_valid, .in_ready, .out_data, .out_valid, .out_ready);
  logic [WIDTH-1:0] words [1024];
  logic [9:0] head, tail;
  logic [10:0] fill;
  logic differs;
`ifdef STALLING
  assign differs = in_ready && fill >= DEPTH || out_valid && fill == 0 || must_stay && !out_valid;
`else
  // Words of the last LATENCY - 1 cycles cannot be read yet.
  localparam int LATENCY = STORAGE == "bram" && DEPTH >= 16 ? 4 : STORAGE == "registers" ? 1 : 2;
  logic [2:0] came;
  wire [10:0] recent = LATENCY == 4 ? 11'(came[0]) + 11'(came[1]) + 11'(came[2]) : LATENCY == 2 ? 11'(came[0]) : 11'd0;
  always_ff @(posedge clk) came <= rst ? '0 : {came[1:0], in_valid && in_ready};
  assign differs = in_ready != (fill < DEPTH) || out_valid != (fill > recent);
`endif
  always_ff @(posedge clk)
    if (rst) begin
      {bad, was_full, was_empty, must_stay} <= '0;
      {head, tail, fill, cycles} <= '0;
      {in_pace, out_pace} <= '1;
    end else begin
      cycles <= cycles + 1;
      if (random[30:26] == 0) {in_pace, out_pace} <= random[19:12];
      must_stay <= out_valid && !out_ready;
      if (in_valid && in_ready) begin
        words[tail] <= random[31-:WIDTH];
        tail <= tail + 1;
      end
      if (out_valid && out_ready) head <= head + 1;
      fill <= fill + (in_valid && in_ready) - (out_valid && out_ready);
      if (fill == DEPTH) was_full <= 1;
      if (fill == 0 && tail != 0) was_empty <= 1;
      if (differs || out_valid && out_data != words[head]) bad <= 1;
    end
endmodule

module tree_check #(parameter OP = "add", parameter int LANES = 4, SIGNED = 1, PER_STAGE = 0, SEED = 1)
  (input logic clk, rst, output logic bad);
  localparam int WIDTH = 6;
  localparam int LEVELS = $clog2(LANES);
  // Sums of 16 lanes wrap.
  localparam int OUT_WIDTH = OP == "add" ? (LANES == 16 ? 8 : WIDTH + LEVELS + 1) : WIDTH + 2;
  localparam int STAGES = PER_STAGE == 0 || LEVELS == 0 ? 0 : (LEVELS + PER_STAGE - 1) / PER_STAGE - 1;
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [LANES*WIDTH-1:0] in;
  logic [OUT_WIDTH-1:0] out;
  logic en;
  assign en = random[5:4] != 0;
  reduce_tree #(.OP(OP), .LANES(LANES), .WIDTH(WIDTH), .SIGNED(SIGNED), .OUT_WIDTH(OUT_WIDTH), .STAGES(STAGES),
    .LEVELS_PER_STAGE(PER_STAGE)) dut (.clk, .en, .in, .out);
  logic [7:0] at;
  always_ff @(posedge clk) in <= (in << WIDTH) | (random[31:30] == 0 ? {WIDTH{random[29]}} ^ (1 << (WIDTH - 1)) : random[22-:WIDTH]);
  logic [OUT_WIDTH-1:0] expected, lane;
  always_comb begin
    expected = '0;
    lane = '0;
    for (int i = 0; i < LANES; i++) begin
      lane = {{OUT_WIDTH-WIDTH{SIGNED != 0 && in[i*WIDTH+WIDTH-1]}}, in[i*WIDTH+:WIDTH]};
      if (i == 0) expected = lane;
      else if (OP == "add") expected = expected + lane;
      else if ((SIGNED != 0 ? $signed(lane) < $signed(expected) : lane < expected) == (OP == "min")) expected = lane;
    end
  end
  logic [OUT_WIDTH*4-1:0] past;
  always_ff @(posedge clk) begin
    if (en) past <= {past, expected};
    if (rst) {bad, at} <= '0;
    else begin
      if (en && at != 8'hff) at <= at + 1;
      if (at > STAGES && out != (STAGES == 0 ? expected : past[OUT_WIDTH*(STAGES > 0 ? STAGES-1 : 0)+:OUT_WIDTH])) bad <= 1;
    end
  end
endmodule

module lut_check #(parameter int A = 8, AS = 1, B = 8, BS = 1, P = 16) (input logic clk, rst, output logic bad);
  logic [A+B-1:0] count;
  logic [P-1:0] p;
  logic signed [63:0] expected;
  lut_multiplier #(A, AS, B, BS, P) dut (.a(count[A-1:0]), .b(count[A+:B]), .p);
  assign expected = $signed({{64-A{AS != 0 && count[A-1]}}, count[A-1:0]}) * $signed({{64-B{BS != 0 && count[A+B-1]}}, count[A+:B]});
  always_ff @(posedge clk)
    if (rst) {bad, count} <= '0;
    else begin
      count <= count + 1;
      if (p != expected[P-1:0]) bad <= 1;
    end
endmodule

module dsp_check #(parameter int A = 25, B = 18, P = 43, STAGES = 3, parameter BIAS = 0, parameter int SEED = 1)
  (input logic clk, rst, output logic bad);
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [95:0] bits;
  logic signed [A-1:0] a;
  logic signed [B-1:0] b;
  logic signed [P-1:0] p;
  logic en;
  logic [7:0] at;
  assign en = random[5:4] != 0;
  assign a = bits[64] ? {1'b1, {A-1{bits[65]}}} : bits[63-:A];
  assign b = bits[66] ? {1'b1, {B-1{bits[67]}}} : {bits[0+:7], bits[90-:B-7]};
  dsp_multiplier #(.A_WIDTH(A), .B_WIDTH(B), .P_WIDTH(P), .STAGES(STAGES), .BIAS(BIAS)) dut (.clk, .en, .a, .b, .p);
  logic signed [95:0] wide_a, wide_b, wide_bias, product;
  assign wide_a = a;
  assign wide_b = b;
  assign wide_bias = BIAS;
  assign product = wide_a * wide_b + wide_bias;
  logic [P*4-1:0] past;
  always_ff @(posedge clk) begin
    bits <= {bits[63:0], random};
    if (en) past <= {past, product[P-1:0]};
    if (rst) {bad, at} <= '0;
    else begin
      if (en && at != 8'hff) at <= at + 1;
      if (at > STAGES && p != past[P*(STAGES-1)+:P]) bad <= 1;
    end
  end
endmodule

// WIDE: the same words and cycles from the slices of a wide memory, with two writers in turns, whose registers take one more cycle.
module ram_check #(parameter int DEPTH = 16, STAGES = 2, parameter STORAGE = "bram", parameter bit WIDE = 0, parameter int SEED = 1)
  (input logic clk, rst, output logic bad);
  localparam int BITS = $clog2(DEPTH);
  localparam int LATENCY = STAGES + WIDE;
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [BITS-1:0] read_at, write_at;
  logic write;
  logic [10:0] data, word;
  logic [10:0] words [DEPTH];
  logic [DEPTH-1:0] known;
  logic [10:0] past [LATENCY];
  logic [LATENCY-1:0] past_known;
  assign read_at = random[31:16] % DEPTH;
  assign write_at = random[25:8] % DEPTH;
  assign word = random[20-:11];
  if (WIDE) begin : wide
    // A writer's turn begins in the cycle after `enter`; the other one's port holds anything.
    logic whose, started;
    wire enters = random[31:28] == 0;
    wire next = random[27];
    always_ff @(posedge clk) begin
      if (enters) whose <= next;
      started <= ~rst & (started | enters);
    end
    assign write = random[7] & ~enters & started;
    wire [10:0] other = random[12-:11];
    wide_ram #(.WIDTH(11), .SLICE(4), .DEPTH(DEPTH), .STORAGE(STORAGE), .READ_STAGES(STAGES), .WRITERS(2)) dut (
      .clk, .read_address(read_at), .read_data(data), .enter(enters ? (next ? 2'b10 : 2'b01) : 2'b00),
      .write(write ? (whose ? 2'b10 : 2'b01) : 2'b00),
      .write_address(whose ? {write_at, read_at} : {read_at, write_at}),
      .write_data(whose ? {word, other} : {other, word}));
  end else begin : narrow
    assign write = random[7];
    ram #(.WIDTH(11), .DEPTH(DEPTH), .STORAGE(STORAGE), .READ_STAGES(STAGES)) dut (
      .clk, .read_address(read_at), .read_data(data), .write, .write_address(write_at), .write_data(word));
  end
  always_ff @(posedge clk) begin
    if (write) words[write_at] <= word;
    past[0] <= words[read_at];
    for (int i = 1; i < LATENCY; ++i) past[i] <= past[i-1];
    if (rst) begin
      bad <= 0;
      known <= '0;
      past_known <= '0;
    end else begin
      if (write) known[write_at] <= 1;
      past_known <= LATENCY'({past_known, known[read_at]});
      if (past_known[LATENCY-1] && data != past[LATENCY-1]) bad <= 1;
    end
  end
endmodule

module delay_check #(parameter int CYCLES = 1, SEED = 1) (input logic clk, rst, output logic bad);
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [6:0] out;
  logic [7*32-1:0] past;
  logic [7:0] at;
  logic en;
  assign en = random[5:4] != 0;
  delay #(.WIDTH(7), .CYCLES(CYCLES)) dut (.clk, .en, .in(random[20:14]), .out);
  always_ff @(posedge clk) begin
    if (en) past <= {past, random[20:14]};
    if (rst) {bad, at} <= '0;
    else begin
      if (en && at != 8'hff) at <= at + 1;
      if (at > CYCLES && out != (CYCLES == 0 ? random[20:14] : past[7*(CYCLES > 0 ? CYCLES-1 : 0)+:7])) bad <= 1;
    end
  end
endmodule

module fifo_checks (input logic clk, rst, output logic [20:0] bad, missed);
  for (genvar i = 0; i < 21; i++) begin : fifos
    localparam int N = i / 3;
    localparam int DEPTH = N == 0 ? 2 : N == 1 ? 3 : N == 2 ? 5 : N == 3 ? 16 : N == 4 ? 17 : N == 5 ? 64 : 1000;
    logic full, empty;
    assign missed[i] = !full || !empty;
    if (i % 3 == 0) begin : check
      fifo_check #(DEPTH > 64 ? 64 : DEPTH, "registers", i) check (.clk, .rst, .bad(bad[i]), .was_full(full), .was_empty(empty));
    end else if (i % 3 == 1) begin : check
      fifo_check #(DEPTH, "lutram", i) check (.clk, .rst, .bad(bad[i]), .was_full(full), .was_empty(empty));
    end else begin : check
      fifo_check #(DEPTH, "bram", i) check (.clk, .rst, .bad(bad[i]), .was_full(full), .was_empty(empty));
    end
  end
endmodule

module tree_checks (input logic clk, rst, output logic [53:0] bad, missed);
  assign missed = '0;
  // Six counts of lanes, three operations, three ways of registers; signed and unsigned take turns.
  for (genvar i = 0; i < 54; i++) begin : trees
    localparam int N = i / 9;
    tree_check #(i % 3 == 0 ? "add" : i % 3 == 1 ? "min" : "max", N == 0 ? 1 : N == 1 ? 2 : N == 2 ? 3 : N == 3 ? 5 : N == 4 ? 7 : 16,
      (i / 3 + N) % 2, i / 3 % 3, i) check (.clk, .rst, .bad(bad[i]));
  end
endmodule

module lut_checks (input logic clk, rst, output logic [5:0] bad, missed);
  assign missed = '0;
  for (genvar i = 0; i < 4; i++) begin : luts
    lut_check #(.AS(i % 2), .BS(i / 2), .P(17)) check (.clk, .rst, .bad(bad[i]));
  end
  lut_check #(.A(9), .B(5), .BS(0), .P(20)) uneven (.clk, .rst, .bad(bad[4]));
  lut_check #(.A(7), .AS(0), .B(9), .P(6)) short_product (.clk, .rst, .bad(bad[5]));
endmodule

module add_multiplier_check #(parameter int A = 24, D = 24, SUM = 25, B = 18, P = 43, parameter BIAS = 0, parameter int SEED = 1)
  (input logic clk, rst, output logic bad);
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [127:0] bits;
  logic signed [A-1:0] a;
  logic signed [D-1:0] d;
  logic signed [B-1:0] b;
  logic signed [P-1:0] p;
  logic en;
  logic [7:0] at;
  assign en = random[5:4] != 0;
  assign a = bits[96] ? {1'b1, {A-1{bits[97]}}} : bits[31-:A];
  assign d = bits[98] ? {1'b1, {D-1{bits[99]}}} : bits[63-:D];
  assign b = bits[100] ? {1'b1, {B-1{bits[101]}}} : bits[95-:B];
  dsp_add_multiplier #(.A_WIDTH(A), .D_WIDTH(D), .SUM_WIDTH(SUM), .B_WIDTH(B), .P_WIDTH(P), .BIAS(BIAS)) dut (.clk, .en, .a, .d, .b, .p);
  logic signed [95:0] wide_a, wide_d, wide_b, wide_bias, product;
  assign wide_a = a;
  assign wide_d = d;
  assign wide_b = b;
  assign wide_bias = BIAS;
  assign product = (wide_a + wide_d) * wide_b + wide_bias;
  logic [P*3-1:0] past;
  always_ff @(posedge clk) begin
    bits <= {bits[95:0], random};
    if (en) past <= {past, product[P-1:0]};
    if (rst) {bad, at} <= '0;
    else begin
      if (en && at != 8'hff) at <= at + 1;
      if (at > 3 && p != past[P*2+:P]) bad <= 1;
    end
  end
endmodule

// Sums of TERMS products with an addend: in DSP blocks (LUTS = 0) or in LUTs, which add nothing.
module dot_check #(parameter int TERMS = 4, A = 25, B = 18, C = 18, P = 45, parameter BIAS = 0, parameter int LUTS = 0, SEED = 1)
  (input logic clk, rst, output logic bad);
  localparam int STAGES = LUTS != 0 ? (TERMS + 1) / 2 + 1 : TERMS + 2;
  logic [31:0] random;
  noise #(SEED) noise (.clk, .random);
  logic [255:0] bits;
  logic [TERMS*A-1:0] a;
  logic [TERMS*B-1:0] b;
  logic signed [C-1:0] c;
  logic signed [P-1:0] p;
  logic en;
  logic [7:0] at;
  assign en = random[5:4] != 0;
  for (genvar k = 0; k < TERMS; k++) begin : term
    // Least, greatest, -1 and 0 come often.
    assign a[k*A+:A] = bits[k*23+200] ? {bits[k*7+190], {A-1{bits[k*5+180]}}} : bits[k*A+:A];
    assign b[k*B+:B] = bits[k*19+205] ? {bits[k*3+191], {B-1{bits[k*9+181]}}} : bits[k*B+99+:B];
  end
  assign c = C == 1 ? '0 : bits[220-:C];
  if (LUTS != 0) begin : luts
    lut_dot #(.TERMS(TERMS), .A_WIDTH(A), .B_WIDTH(B), .P_WIDTH(P)) dut (.clk, .en, .a, .b, .p);
  end else begin : blocks
    dsp_dot #(.TERMS(TERMS), .A_WIDTH(A), .B_WIDTH(B), .C_WIDTH(C), .P_WIDTH(P), .BIAS(BIAS)) dut (.clk, .en, .a, .b, .c, .p);
  end
  logic signed [63:0] sum, wide_a, wide_b;
  always_comb begin
    sum = 64'(BIAS) + 64'(c);
    wide_a = '0;
    wide_b = '0;
    for (int k = 0; k < TERMS; k++) begin
      wide_a = 64'($signed(a[k*A+:A]));
      wide_b = 64'($signed(b[k*B+:B]));
      sum = sum + wide_a * wide_b;
    end
  end
  logic [P*8-1:0] past;
  always_ff @(posedge clk) begin
    bits <= {bits[223:0], random};
    if (en) past <= {past, sum[P-1:0]};
    if (rst) {bad, at} <= '0;
    else begin
      if (en && at != 8'hff) at <= at + 1;
      if (at > STAGES && p != past[P*(STAGES-1)+:P]) bad <= 1;
    end
  end
endmodule

module dot_checks (input logic clk, rst, output logic [7:0] bad, missed);
  assign missed = '0;
  dot_check #(4, 25, 8, 18, 35, 0, 0, 1) dot0 (.clk, .rst, .bad(bad[0]));
  dot_check #(4, 24, 16, 1, 42, 77, 0, 2) dot1 (.clk, .rst, .bad(bad[1]));
  dot_check #(1, 25, 18, 30, 44, -9, 0, 3) dot2 (.clk, .rst, .bad(bad[2]));
  dot_check #(3, 18, 18, 40, 48, 0, 0, 4) dot3 (.clk, .rst, .bad(bad[3]));
  dot_check #(4, 8, 8, 1, 18, 0, 1, 5) dot4 (.clk, .rst, .bad(bad[4]));
  dot_check #(2, 8, 8, 1, 17, 0, 1, 6) dot5 (.clk, .rst, .bad(bad[5]));
  dot_check #(5, 8, 6, 1, 17, 0, 1, 7) dot6 (.clk, .rst, .bad(bad[6]));
  dot_check #(3, 7, 5, 1, 14, 0, 1, 8) dot7 (.clk, .rst, .bad(bad[7]));
endmodule

module dsp_checks (input logic clk, rst, output logic [10:0] bad, missed);
  assign missed = '0;
  dsp_check #(25, 18, 43, 3, 0, 1) dsp0 (.clk, .rst, .bad(bad[0]));
  dsp_check #(25, 18, 48, 3, 12345, 2) dsp1 (.clk, .rst, .bad(bad[1]));
  dsp_check #(9, 17, 20, 3, -7, 3) dsp2 (.clk, .rst, .bad(bad[2]));
  dsp_check #(12, 25, 45, 3, 40'sd1 << 37, 4) dsp3 (.clk, .rst, .bad(bad[3]));
  dsp_check #(32, 20, 52, 4, 77, 5) dsp4 (.clk, .rst, .bad(bad[4]));
  dsp_check #(40, 18, 58, 4, -(64'sd1 << 50), 6) dsp5 (.clk, .rst, .bad(bad[5]));
  dsp_check #(24, 35, 40, 4, 0, 7) dsp6 (.clk, .rst, .bad(bad[6]));
  dsp_check #(30, 33, 63, 4, -3, 8) dsp7 (.clk, .rst, .bad(bad[7]));
  dsp_check #(40, 18, 12, 4, 5, 9) dsp8 (.clk, .rst, .bad(bad[8]));
  add_multiplier_check #(24, 24, 25, 18, 43, 0, 10) add0 (.clk, .rst, .bad(bad[9]));
  add_multiplier_check #(24, 8, 25, 8, 32, 32768, 11) add1 (.clk, .rst, .bad(bad[10]));
endmodule

module memory_checks (input logic clk, rst, output logic [9:0] bad, missed);
  assign missed = '0;
  ram_check #(16, 2, "bram", 0, 1) ram0 (.clk, .rst, .bad(bad[0]));
  ram_check #(37, 1, "lutram", 0, 2) ram1 (.clk, .rst, .bad(bad[1]));
  ram_check #(100, 2, "lutram", 0, 3) ram2 (.clk, .rst, .bad(bad[2]));
  ram_check #(37, 2, "bram", 1, 4) ram3 (.clk, .rst, .bad(bad[3]));
  ram_check #(16, 1, "lutram", 1, 5) ram4 (.clk, .rst, .bad(bad[4]));
  for (genvar i = 0; i < 5; i++) begin : delays
    delay_check #(i == 0 ? 0 : i == 1 ? 1 : i == 2 ? 2 : i == 3 ? 17 : 30, i) check (.clk, .rst, .bad(bad[i+5]));
  end
endmodule
