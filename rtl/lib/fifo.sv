// Channel between two processes: exactly DEPTH words, counted over all that it is made of. A word that is written in a cycle can be read
// LATENCY cycles later: 1 in registers, 2 in distributed RAM, 4 in block RAM. With LATENCY + 1 places a word a cycle goes in and out.
// Both flags are registers: a full one takes nothing, also in a cycle in which it is read. out_data is a register, too.
//
// RESERVED = 0: a word and its place come together, in_valid with in_ready. RESERVED = 1: in_ready says that a place is free, in_reserve
// takes it, and in that cycle or a later one the word comes with in_valid and is always taken.
//
// "registers": DEPTH registers side by side. "lutram": distributed RAM before the output register. "bram": block RAM before three registers.
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
  logic filled;                // of fill, as a register
  logic push, pop;
  assign pop = out_valid && out_ready;

  always_ff @(posedge clk)
    if (rst) begin
      fill <= '0;
      filled <= 1'b0;
    end else if (push != pop) begin
      fill <= push ? fill + 1'b1 : fill - 1'b1;
      filled <= push && fill == FILL_BITS'(DEPTH - 1);
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
    logic empty;  // of fill, as a register
    assign out_valid = !empty;
    always_ff @(posedge clk)
      if (rst) empty <= 1'b1;
      else if (push != pop) empty <= pop && fill == FILL_BITS'(1);

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
    // Every word goes through the memory: a choice between memory and input would cost a table a bit.
    localparam int BITS = DEPTH > 3 ? $clog2(DEPTH - 1) : 1;
    (* ram_style = "distributed" *) logic [WIDTH-1:0] memory [1 << BITS];
    logic [BITS-1:0] write_at, read_at;
    logic stored;  // words in memory, at least one
    logic shown;   // a word in the output register
    logic load;
    assign load = stored && (!shown || pop);
    assign out_valid = shown;

    always_ff @(posedge clk) begin
      if (rst) begin
        write_at <= '0;
        read_at <= '0;
        stored <= 1'b0;
        shown <= 1'b0;
      end else begin
        if (push) write_at <= write_at + 1'b1;
        if (load) read_at <= read_at + 1'b1;
        if (push) stored <= 1'b1;
        else if (load) stored <= fill != (shown ? FILL_BITS'(2) : FILL_BITS'(1));
        if (load || pop) shown <= load;
      end
      if (push) memory[write_at] <= in_data;
    end
    kept_register #(.WIDTH(WIDTH)) oldest (.clk, .en(load), .in(memory[read_at]), .out(out_data));
  end
  if (!REGISTERS && BLOCK) begin : block
    // The latch of the block RAM, its output register and one beside it: a word moves on as soon as the place before it is free.
    localparam int WORDS = DEPTH - 3;
    localparam int BITS = $clog2(WORDS);
    (* ram_style = "block" *) logic [WIDTH-1:0] memory [WORDS];
    logic [BITS-1:0] write_at, read_at;
    logic [BITS:0] words;  // in memory
    logic stored;          // at least one
    logic [WIDTH-1:0] latch, ready_word;
    logic latched, ready, shown;
    logic read, move, load;
    assign load = ready && (!shown || pop);
    assign move = latched && (!ready || load);
    assign read = stored && (!latched || move);
    assign out_valid = shown;

    always_ff @(posedge clk) begin
      if (rst) begin
        write_at <= '0;
        read_at <= '0;
        words <= '0;
        {stored, latched, ready, shown} <= '0;
      end else begin
        if (push) write_at <= write_at == BITS'(WORDS - 1) ? '0 : write_at + 1'b1;
        if (read) read_at <= read_at == BITS'(WORDS - 1) ? '0 : read_at + 1'b1;
        if (push != read) begin
          words <= push ? words + 1'b1 : words - 1'b1;
          stored <= push || words != (BITS + 1)'(1);
        end
        if (read || move) latched <= read;
        if (move || load) ready <= move;
        if (load || pop) shown <= load;
      end
      if (push) memory[write_at] <= in_data;
      if (read) latch <= memory[read_at];
      if (move) ready_word <= latch;
      if (load) out_data <= ready_word;
    end
  end
endmodule
