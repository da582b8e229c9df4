// Written by fastmamba.

// Rows of int16 to int8, memory to memory.
module quantizer_region (
  input  logic         clk,
  input  logic         rst,
  input  logic         offered,  // a call: the scalars hold until it is taken; the bases hold to the end
  output logic         taken,  // all processes have taken it; falls after what was offered
  output logic         done,  // high while nothing runs
  input  logic         clear,  // gives up all calls; the memory goes on
  output logic [1:0]   errors,  // a bit a port: the memory has answered with an error
  output logic [1:0]   awaiting,  // a bit a port: the memory has not answered yet
  output logic [2:0]   unfinished,  // a bit a process: it runs
  input  logic [6:0]   rows,  // 0..100: rows of 4 words
  input  logic [20:0]  from,  // 0..1048576: first word of the input
  input  logic [15:0]  multiplier,  // 1..65535: scale of the input
  input  logic [4:0]   shift,  // 1..31: shift behind the multiplier
  input  logic [63:0]  m_axi_rows_in_base,  // byte address of word 0. reads s16 x 32: rows, int16
  output logic [63:0]  m_axi_rows_in_araddr,
  output logic [7:0]   m_axi_rows_in_arlen,
  output logic [2:0]   m_axi_rows_in_arsize,
  output logic [1:0]   m_axi_rows_in_arburst,
  output logic [3:0]   m_axi_rows_in_arcache,
  output logic [2:0]   m_axi_rows_in_arprot,
  output logic         m_axi_rows_in_arvalid,
  input  logic         m_axi_rows_in_arready,
  input  logic [511:0] m_axi_rows_in_rdata,
  input  logic [1:0]   m_axi_rows_in_rresp,
  input  logic         m_axi_rows_in_rlast,
  input  logic         m_axi_rows_in_rvalid,
  output logic         m_axi_rows_in_rready,
  input  logic [63:0]  m_axi_rows_out_base,  // byte address of word 0. writes s8 x 32: rows, int8
  output logic [63:0]  m_axi_rows_out_awaddr,
  output logic [7:0]   m_axi_rows_out_awlen,
  output logic [2:0]   m_axi_rows_out_awsize,
  output logic [1:0]   m_axi_rows_out_awburst,
  output logic [3:0]   m_axi_rows_out_awcache,
  output logic [2:0]   m_axi_rows_out_awprot,
  output logic         m_axi_rows_out_awvalid,
  input  logic         m_axi_rows_out_awready,
  output logic [255:0] m_axi_rows_out_wdata,
  output logic [31:0]  m_axi_rows_out_wstrb,
  output logic         m_axi_rows_out_wlast,
  output logic         m_axi_rows_out_wvalid,
  input  logic         m_axi_rows_out_wready,
  input  logic [1:0]   m_axi_rows_out_bresp,
  input  logic         m_axi_rows_out_bvalid,
  output logic         m_axi_rows_out_bready
);

  wire read_rows_done;
  wire quantize_rows_done;
  wire write_rows_done;
  wire rows_out_idle;
  wire rows_in_error, rows_in_awaits;
  wire rows_out_error, rows_out_awaits;
  assign errors = {rows_out_error, rows_in_error};
  assign awaiting = {rows_out_awaits, rows_in_awaits};
  // Reset and what is offered go to each process, with the channels that it writes, from a register of its own, and so does reset to each
  // AXI master.
  wire [5:0] steers;
  register_copies #(.WIDTH(2), .COPIES(3)) steer_processes (
    .clk, .en(1'b1), .in({offered, rst | clear}), .out(steers)
  );
  wire [3:0] memory_steers;
  register_copies #(.WIDTH(2), .COPIES(2)) steer_masters (
    .clk, .en(1'b1), .in({clear, rst}), .out(memory_steers)
  );
  // A process takes the scalars of a call as soon as its own part of the call before has ended, whatever the others do, and starts when its
  // prologue has settled. Calls so follow each other in every process, and words of a call those of the one before in every channel.
  wire read_rows_take, read_rows_taken, read_rows_start, read_rows_busy;
  call_control #(.SETTLE_CYCLES(2)) read_rows_calls (
    .clk, .rst(steers[0]), .offered(steers[1]), .done(read_rows_done),
    .take(read_rows_take), .taken(read_rows_taken), .start(read_rows_start), .busy(read_rows_busy)
  );
  logic [27:0] read_rows_scalars;
  always_ff @(posedge clk) if (read_rows_take) read_rows_scalars <= {rows, from};
  wire quantize_rows_take, quantize_rows_taken, quantize_rows_start, quantize_rows_busy;
  call_control #(.SETTLE_CYCLES(2)) quantize_rows_calls (
    .clk, .rst(steers[2]), .offered(steers[3]), .done(quantize_rows_done),
    .take(quantize_rows_take), .taken(quantize_rows_taken), .start(quantize_rows_start), .busy(quantize_rows_busy)
  );
  logic [27:0] quantize_rows_scalars;
  always_ff @(posedge clk) if (quantize_rows_take) quantize_rows_scalars <= {rows, multiplier, shift};
  wire write_rows_take, write_rows_taken, write_rows_start, write_rows_busy;
  call_control #(.SETTLE_CYCLES(2)) write_rows_calls (
    .clk, .rst(steers[4]), .offered(steers[5]), .done(write_rows_done & rows_out_idle),
    .take(write_rows_take), .taken(write_rows_taken), .start(write_rows_start), .busy(write_rows_busy)
  );
  logic [6:0] write_rows_scalars;
  always_ff @(posedge clk) if (write_rows_take) write_rows_scalars <= {rows};
  assign unfinished = ~{write_rows_done, quantize_rows_done, read_rows_done};
  // What all have taken, and what has ended, is brought together in two stages.
  logic [0:0] all_taken, all_ended;
  always_ff @(posedge clk) begin
    all_taken[0] <= read_rows_taken & quantize_rows_taken & write_rows_taken;
    all_ended[0] <= ~read_rows_busy & ~quantize_rows_busy & ~write_rows_busy & rows_out_idle;
  end
  assign taken = &all_taken;
  assign done = &all_ended;

  // s16.11 x 32: values of a row
  wire [511:0] values_in_data, values_data;
  wire values_in_valid, values_in_ready, values_valid, values_ready;
  fifo #(.WIDTH(512), .DEPTH(8), .STORAGE("lutram"), .ID(1)) fifo_values (
    .clk, .rst(steers[0]), .in_reserve(1'b0),
    .in_data(values_in_data), .in_valid(values_in_valid), .in_ready(values_in_ready),
    .out_data(values_data), .out_valid(values_valid), .out_ready(values_ready)
  );

  // s8 x 32: quantized values
  wire [255:0] bytes_in_data, bytes_data;
  wire bytes_in_valid, bytes_in_ready, bytes_in_reserve, bytes_valid, bytes_ready;
  fifo #(.WIDTH(256), .DEPTH(2), .STORAGE("registers"), .RESERVED(1'b1), .ID(2)) fifo_bytes (
    .clk, .rst(steers[2]), .in_reserve(bytes_in_reserve),
    .in_data(bytes_in_data), .in_valid(bytes_in_valid), .in_ready(bytes_in_ready),
    .out_data(bytes_data), .out_valid(bytes_valid), .out_ready(bytes_ready)
  );

  // Port rows_in: 32 lanes, 512 bits. rows, int16
  wire rows_in_request_valid, rows_in_request_ready, rows_in_valid, rows_in_ready;
  wire [31:0] rows_in_request_word, rows_in_request_words;
  wire [511:0] rows_in_data;
  axi_read_master #(.WIDTH(512), .BUFFER_WORDS(256)) axi_rows_in (
    .clk, .rst(memory_steers[0]), .clear(memory_steers[1]), .base(m_axi_rows_in_base),
    .error(rows_in_error), .awaits(rows_in_awaits),
    .request_valid(rows_in_request_valid), .request_ready(rows_in_request_ready),
    .request_word(rows_in_request_word), .request_words(rows_in_request_words),
    .data(rows_in_data), .valid(rows_in_valid), .ready(rows_in_ready),
    .m_axi_araddr(m_axi_rows_in_araddr),
    .m_axi_arlen(m_axi_rows_in_arlen),
    .m_axi_arsize(m_axi_rows_in_arsize),
    .m_axi_arburst(m_axi_rows_in_arburst),
    .m_axi_arcache(m_axi_rows_in_arcache),
    .m_axi_arprot(m_axi_rows_in_arprot),
    .m_axi_arvalid(m_axi_rows_in_arvalid),
    .m_axi_arready(m_axi_rows_in_arready),
    .m_axi_rdata(m_axi_rows_in_rdata),
    .m_axi_rresp(m_axi_rows_in_rresp),
    .m_axi_rlast(m_axi_rows_in_rlast),
    .m_axi_rvalid(m_axi_rows_in_rvalid),
    .m_axi_rready(m_axi_rows_in_rready)
  );

  // Port rows_out: 32 lanes, 256 bits. rows, int8
  wire rows_out_request_valid, rows_out_request_ready, rows_out_valid, rows_out_ready;
  wire [31:0] rows_out_request_word, rows_out_request_words;
  wire [255:0] rows_out_data;
  axi_write_master #(.WIDTH(256), .BUFFER_WORDS(256)) axi_rows_out (
    .clk, .rst(memory_steers[2]), .clear(memory_steers[3]), .base(m_axi_rows_out_base),
    .error(rows_out_error), .awaits(rows_out_awaits), .idle(rows_out_idle),
    .request_valid(rows_out_request_valid), .request_ready(rows_out_request_ready),
    .request_word(rows_out_request_word), .request_words(rows_out_request_words),
    .data(rows_out_data), .valid(rows_out_valid), .ready(rows_out_ready),
    .m_axi_awaddr(m_axi_rows_out_awaddr),
    .m_axi_awlen(m_axi_rows_out_awlen),
    .m_axi_awsize(m_axi_rows_out_awsize),
    .m_axi_awburst(m_axi_rows_out_awburst),
    .m_axi_awcache(m_axi_rows_out_awcache),
    .m_axi_awprot(m_axi_rows_out_awprot),
    .m_axi_awvalid(m_axi_rows_out_awvalid),
    .m_axi_awready(m_axi_rows_out_awready),
    .m_axi_wdata(m_axi_rows_out_wdata),
    .m_axi_wstrb(m_axi_rows_out_wstrb),
    .m_axi_wlast(m_axi_rows_out_wlast),
    .m_axi_wvalid(m_axi_rows_out_wvalid),
    .m_axi_wready(m_axi_rows_out_wready),
    .m_axi_bresp(m_axi_rows_out_bresp),
    .m_axi_bvalid(m_axi_rows_out_bvalid),
    .m_axi_bready(m_axi_rows_out_bready)
  );

  read_rows u_read_rows (
    .clk, .rst(steers[0]), .start(read_rows_start),
    .done(read_rows_done),
    .rows(read_rows_scalars[27:21]),
    .from(read_rows_scalars[20:0]),
    .values_data(values_in_data), .values_valid(values_in_valid), .values_ready(values_in_ready),
    .rows_in_request_valid, .rows_in_request_ready, .rows_in_request_word, .rows_in_request_words,
    .rows_in_data, .rows_in_valid, .rows_in_ready
  );

  quantize_rows u_quantize_rows (
    .clk, .rst(steers[2]), .start(quantize_rows_start),
    .done(quantize_rows_done),
    .rows(quantize_rows_scalars[27:21]),
    .multiplier(quantize_rows_scalars[20:5]),
    .shift(quantize_rows_scalars[4:0]),
    .values_data, .values_valid, .values_ready,
    .bytes_data(bytes_in_data), .bytes_valid(bytes_in_valid), .bytes_ready(bytes_in_ready), .bytes_reserve(bytes_in_reserve)
  );

  write_rows u_write_rows (
    .clk, .rst(steers[4]), .start(write_rows_start),
    .done(write_rows_done),
    .rows(write_rows_scalars[6:0]),
    .bytes_data, .bytes_valid, .bytes_ready,
    .rows_out_request_valid, .rows_out_request_ready, .rows_out_request_word, .rows_out_request_words,
    .rows_out_data, .rows_out_valid, .rows_out_ready
  );
endmodule
