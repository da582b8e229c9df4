// Channel between two processes: exactly DEPTH words, counted over all that it is made of; a word written in a cycle can be read in
// the next one; a word a cycle in and out for any DEPTH >= 2, every other cycle for DEPTH = 1. Both flags are registers: a full one
// takes nothing, also in a cycle in which it is read. out_data is a register, too.
//
// RESERVED = 0: a word and its place come together, in_valid with in_ready. RESERVED = 1: in_ready says that a place is free, in_reserve
// takes it, and in that cycle or a later one the word comes with in_valid and is always taken.
//
// "registers": DEPTH registers side by side. "lutram": distributed RAM before the output register. "bram": see `block` below.
module fifo #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 2,
  parameter STORAGE = "registers",  // "registers", "lutram" or "bram"
  parameter bit RESERVED = 1'b0,
  // verilator lint_off UNUSEDPARAM
  parameter int ID = 0  // tells instances apart in the version with random stalls, which takes the place of this one in tests
  // verilator lint_on UNUSEDPARAM
) (
  input  logic             clk,
  input  logic             rst,
  input  logic [WIDTH-1:0] in_data,
  input  logic             in_reserve,  // RESERVED = 1
  input  logic             in_valid,
  output logic             in_ready,
  output logic [WIDTH-1:0] out_data,
  output logic             out_valid,
  input  logic             out_ready
);
  localparam int FILL_BITS = $clog2(DEPTH + 1);
  // Less than this is no use in block RAM.
  localparam int LEAST_BLOCK = 16;

  logic [FILL_BITS-1:0] fill;  // words inside
  logic filled, empty;         // of fill, as registers
  logic push, pop;
  assign out_valid = !empty;
  assign pop = out_valid && out_ready;

  always_ff @(posedge clk)
    if (rst) begin
      fill <= '0;
      filled <= 1'b0;
      empty <= 1'b1;
    end else if (push != pop) begin
      fill <= push ? fill + 1'b1 : fill - 1'b1;
      filled <= push && fill == FILL_BITS'(DEPTH - 1);
      empty <= pop && fill == FILL_BITS'(1);
    end

  if (RESERVED) begin : places
    logic [FILL_BITS-1:0] taken;  // by words inside and words on their way
    logic full;                   // of taken, as a register
    always_ff @(posedge clk)
      if (rst) begin
        taken <= '0;
        full <= 1'b0;
      end else if (in_reserve != pop) begin
        taken <= in_reserve ? taken + 1'b1 : taken - 1'b1;
        full <= in_reserve && taken == FILL_BITS'(DEPTH - 1);
      end
    assign in_ready = !full;
    assign push = in_valid;
    wire unused_filled = filled;
  end else begin : places
    assign in_ready = !filled;
    assign push = in_valid && in_ready;
    wire unused_reserve = in_reserve;
  end

  // verilator lint_off WIDTH
  localparam bit REGISTERS = STORAGE == "registers";  // strings of different lengths
  // verilator lint_on WIDTH
  localparam bit BLOCK = STORAGE == "bram" && DEPTH >= LEAST_BLOCK;

  if (REGISTERS) begin : registers
    // Word i is the one that i others come before. Places above the last word hold anything.
    for (genvar i = 0; i < DEPTH; i++) begin : place
      logic occupied;
      logic [WIDTH-1:0] word;
      if (i == 0) assign occupied = !empty;
      else if (i == DEPTH - 1) assign occupied = filled;
      else
        always_ff @(posedge clk)
          if (rst) occupied <= 1'b0;
          else if (push != pop) occupied <= push ? place[i-1].occupied : place[i+1].occupied;

      if (i < DEPTH - 1) begin : inner
        always_ff @(posedge clk)
          if (pop || !occupied) word <= place[i+1].occupied ? place[i+1].word : in_data;
      end else begin : last
        always_ff @(posedge clk) if (!occupied) word <= in_data;
      end
    end
    assign out_data = place[0].word;
  end
  if (!REGISTERS && !BLOCK) begin : distributed
    // Every word is written; one that goes straight to the output register is skipped when reading.
    localparam int BITS = DEPTH > 3 ? $clog2(DEPTH - 1) : 1;
    (* ram_style = "distributed" *) logic [WIDTH-1:0] memory [1 << BITS];
    logic [BITS-1:0] write_at, read_at;
    logic single;  // no word but that in the output register; like the flags a register beside `fill`
    always_ff @(posedge clk)
      if (rst) single <= 1'b0;
      else if (push != pop) single <= push ? empty : fill == FILL_BITS'(2);

    always_ff @(posedge clk) begin
      if (rst) begin
        write_at <= '0;
        read_at <= BITS'(1);
      end else begin
        if (push) write_at <= write_at + 1'b1;
        if (pop) read_at <= read_at + 1'b1;
      end
      if (push) memory[write_at] <= in_data;
    end
    kept_register #(.WIDTH(WIDTH)) oldest (
      .clk, .en(pop || empty), .in(empty || single ? in_data : memory[read_at]), .out(out_data)
    );
  end
  if (!REGISTERS && BLOCK) begin : block
    // Order of the words: output register, then `next` (a few that found no word in block RAM before them) and the two registers of
    // the block RAM (its latch and its output register, which the oldest words of `memory` go to) as `order` says, then `memory`.
    // A word goes to `memory` when it stands there or when `next` is full. It takes three cycles from there to the output register;
    // then at least four words come before it, or words of `memory` that keep it just as busy.
    localparam int WORDS = DEPTH - 3;
    localparam int BITS = $clog2(WORDS);
    (* ram_style = "block" *) logic [WIDTH-1:0] memory [WORDS];
    logic [BITS-1:0] write_at, read_at;
    logic stored;  // words in memory, at least one
    logic [BITS:0] words;
    (* ram_style = "distributed" *) logic [WIDTH-1:0] next [4];
    logic [1:0] next_write, next_read;
    logic [1:0] next_words;
    logic [WIDTH-1:0] latch, ready_word;
    logic latch_valid, ready_valid;
    // A bit a word that waits in next or in the two registers: it is in the registers. Oldest at order_read.
    logic [7:0] order;
    logic [2:0] order_write, order_read;

    logic waiting, from_block, load, take_next, take_block, move, read, direct, to_next, to_memory;
    assign waiting = order_write != order_read;
    assign from_block = order[order_read];
    assign load = pop || empty;
    assign take_next = load && waiting && !from_block;
    assign take_block = load && waiting && from_block && ready_valid;
    assign move = !ready_valid || take_block;
    assign read = stored && (!latch_valid || move);
    assign direct = push && load && !waiting && !stored;
    assign to_next = push && !direct && !stored && next_words != 2'd3;
    assign to_memory = push && (stored || next_words == 2'd3);

    always_ff @(posedge clk) begin
      if (rst) begin
        write_at <= '0;
        read_at <= '0;
        words <= '0;
        stored <= 1'b0;
        next_write <= '0;
        next_read <= '0;
        next_words <= '0;
        latch_valid <= 1'b0;
        ready_valid <= 1'b0;
        order_write <= '0;
        order_read <= '0;
      end else begin
        if (to_memory) write_at <= write_at == BITS'(WORDS - 1) ? '0 : write_at + 1'b1;
        if (read) read_at <= read_at == BITS'(WORDS - 1) ? '0 : read_at + 1'b1;
        if (to_memory != read) begin
          words <= to_memory ? words + 1'b1 : words - 1'b1;
          stored <= to_memory || words != (BITS + 1)'(1);
        end
        if (to_next) next_write <= next_write + 1'b1;
        if (take_next) next_read <= next_read + 1'b1;
        if (to_next != take_next) next_words <= to_next ? next_words + 1'b1 : next_words - 1'b1;
        if (read) latch_valid <= 1'b1;
        else if (move) latch_valid <= 1'b0;
        if (move) ready_valid <= latch_valid;
        if (to_next || read) order_write <= order_write + 1'b1;
        if (take_next || take_block) order_read <= order_read + 1'b1;
      end
      if (to_next || read) order[order_write] <= read;
      if (to_memory) memory[write_at] <= in_data;
      if (read) latch <= memory[read_at];
      if (move) ready_word <= latch;
      if (to_next) next[next_write] <= in_data;
      if (load) out_data <= !waiting ? in_data : from_block ? ready_word : next[next_read];
    end
  end
endmodule
